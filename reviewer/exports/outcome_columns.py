"""The columns of an export of outcomes, which is also a file that outcomes can be taken in from."""

from reviewer.exports.columns import Column, Kind

OUTCOME_COLUMNS_VERSION = 1

OUTCOME_COLUMNS = (
    Column("proposal_id", Kind.WORD, "our id of the proposal: the same in every export of one store"),
    Column("namespace", Kind.TEXT, "the run or server that external_id comes from"),
    Column("external_id", Kind.TEXT, "the source's own id; with namespace it names the proposal"),
    Column("problem", Kind.TEXT, "slug of the problem"),
    Column("title", Kind.TEXT, "title of the proposal"),
    Column("agent", Kind.TEXT, "the agent that put it forward"),
    Column("result", Kind.WORD, "survived, failed, partly or withdrawn"),
    Column("date", Kind.WORD, "the day of it in UTC"),
    Column("metric", Kind.TEXT, "what the effect is of; empty where nobody said"),
    Column("effect", Kind.NUMBER, "gain over what production had before, in the unit of the metric"),
    Column("error", Kind.NUMBER, "standard error of the effect"),
    Column("setting", Kind.WORD, "where the effect was measured; empty where nobody said"),
    Column("constraint", Kind.TEXT, "slug of the constraint that bit; empty where none did, or nobody said"),
    Column("evidence", Kind.TEXT, "where the evidence is to be found"),
    Column("note", Kind.TEXT, "what else there is to say"),
    Column("by", Kind.TEXT, "who says so"),
    Column("recorded_at", Kind.TIME, "when it was written down: from then on it could be seen"),
    Column("target_version", Kind.INTEGER, "the problem's target that held then"),
    Column("outcome_id", Kind.WORD, "the event; unique everywhere"),
    Column("schema_version", Kind.INTEGER, "version of these columns"),
    Column("chosen_with", Kind.NUMBER, "probability with which it was chosen to be tried; empty where nobody said"),
)
"""In the order in which the store gives them."""
