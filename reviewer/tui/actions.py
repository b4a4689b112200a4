"""Every action of the screen: what it does, where it acts, and the keys that it has by default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reviewer.tui.key_names import parse_keys

Where = Literal[
    "app", "triage", "rubric", "view", "target", "text", "dialog", "leaderboard", "ledger", "others", "insights",
    "critic", "mapping", "import",
]  # fmt: skip
"""Where an action acts: everywhere, on the triage screen, in the rubric form, on a screen that is only read, on the one
that shows the target, while a text field has the focus, in a dialog, on leaderboard, ledger or insights, where others'
judgements are shown, in Claude's pane while that has the focus, where the columns of a table are said, on the line
of the format in the form for imports. The keys of ``app`` act in each of the others too, those of ``view`` where
target, leaderboard, ledger, insights or others' judgements are shown. Beside those of Claude's pane the keys of the
triage screen act as well, as far as they are other ones."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a key does. ``id`` is its name in the config and, as ``action_<id>``, that of its method."""

    id: str
    keys: str
    """The default keys, separated by commas."""
    title: str
    """What it does in a word or two, for footers and the palette."""
    where: Where
    section: str
    """The heading under which the list of keys shows it."""
    description: str
    footer: bool = False
    """Whether the footer shows it."""
    fixed: str = ""
    """Why its keys cannot be changed; empty where they can."""
    needed: bool = False
    """Whether it must keep a key, since without it there is no way out or on."""
    call: str = field(default="", kw_only=True)
    """The Textual action, where it is not the id: one with an argument."""
    also: str = field(default="", kw_only=True)
    """Words by which people look for it that stand in none of the texts above."""

    @property
    def of_proposal(self) -> bool:
        """Return whether it says something of the proposal under the cursor."""
        return self.where == "triage" and self.section == "judge" and self.id not in ("undo", "redo")

    @property
    def once(self) -> bool:
        """Return whether its key, held down, does it once."""
        return self.id in ("survives", "conditional", "fails", "cannot_tell", "for_all")

    @property
    def default(self) -> tuple[str, ...]:
        """Return the default keys, by Textual's names."""
        return parse_keys(self.keys)


_DIGITS = "digits are typed, so each stands for itself"
_WAY_OUT = "it is the one way on or out that works while letters are typed"

ACTIONS: tuple[Action, ...] = (
    Action("survives", "s", "survives", "triage", "judge", "It is likely to survive production. Saves.", True,
           also="accept approve yes verdict"),
    Action("conditional", "c", "conditional", "triage", "judge",
           "It survives if a condition holds; asks for it and for the cheapest next experiment.", True,
           also="accept maybe verdict"),
    Action("fails", "f", "fails", "triage", "judge", "It is likely to fail in production. Saves.", True,
           also="reject decline no verdict"),
    Action("cannot_tell", "x", "can't tell", "triage", "judge", "The evidence does not say. Saves.", True,
           also="unsure undecided abstain verdict"),
    Action("for_all", "A", "for all alike", "triage", "judge",
           "Give the next forecast and verdict to all that are alike to this one and not judged yet; again gives it to "
           "this one alone. Undo takes back all of it.",
           also="group duplicates near similar same together batch several"),
    Action("forecast_digit", "0,1,2,3,4,5,6,7,8,9", "forecast %", "triage", "judge",
           "The probability, in per cent, that it meets the target.", fixed=_DIGITS,
           also="percentage confidence likelihood numbers"),
    Action("rubric", "r", "rubric", "triage", "judge", "Rate it against each constraint of production.", True,
           also="ratings scores criteria blockers notes"),
    Action("rationale", "e", "rationale", "triage", "judge", "Write why, here.", True,
           also="comments notes reasons explain"),
    Action("rationale_editor", "E", "rationale in editor", "triage", "judge", "Write why, in your own editor.",
           also="comments notes reasons explain"),
    Action("share", "L", "let agents read", "triage", "judge",
           "Let agents read your rationale, as it stands, in the file of `reviewer feedback`; again: no longer.",
           also="feedback shareable publish agents rationale"),
    Action("tags", "t", "tags", "triage", "judge", "Add or take away tags.", also="labels"),
    Action("resolves_on", "D", "known by", "triage", "judge",
           "Say by which day you expect to know what becomes of it, in place of the target's horizon.",
           also="date horizon deadline resolves due day"),
    Action("flag", "!", "flag", "triage", "judge", "Mark it to come back to, or take the mark away.",
           also="flagged bookmark star favourite favorite"),
    Action("skip", "z", "skip", "triage", "judge", "Leave it for now and go on.", also="later postpone defer"),
    Action("undo", "u", "undo", "triage", "judge", "Undo your last act, whatever it was.", True,
           also="revert delete remove mistake"),
    Action("redo", "U,ctrl+r", "redo", "triage", "judge", "Do again what was undone.", also="repeat"),
    Action("outcome", "o", "outcome", "triage", "judge",
           "Say what became of it, correct that, or take it back; shows all that was said.",
           also="survived failed partly withdrawn result production happened resolve retract effect"),
    Action("next_stage", "enter", "next stage", "triage", "judge",
           "In the sealed protocol: see the evidence, then what others hold; first a forecast and a verdict.",
           also="reveal unseal open evidence others"),
    Action("last_judged", ".", "last judged", "triage", "move", "Go back to the proposal judged last."),
    Action("next", "j,down", "next", "triage", "move", "Go to the next proposal."),
    Action("previous", "k,up", "previous", "triage", "move", "Go to the previous proposal."),
    Action("first", "g,home", "first", "triage", "move", "Go to the first proposal."),
    Action("last", "G,end", "last", "triage", "move", "Go to the last proposal."),
    Action("queue_page_down", "ctrl+d", "rows down", "triage", "move", "Go a screenful of the queue further.",
           also="page jump"),
    Action("queue_page_up", "ctrl+u", "rows up", "triage", "move", "Go a screenful of the queue back.",
           also="page jump"),
    Action("page_down", "space,pagedown", "page down", "triage", "read", "Read on, a page further."),
    Action("page_up", "shift+space,ctrl+b,pageup", "page up", "triage", "read",
           "Go back a page; few terminals tell shift+space from space, so ctrl+b does it too."),
    Action("next_pane", "tab", "next pane", "triage", "read", "Put the focus on the next pane."),
    Action("previous_pane", "shift+tab", "previous pane", "triage", "read", "Put the focus on the pane before."),
    Action("scroll_together", "=", "scroll together", "triage", "read", "Scroll proposal and baseline as one, or not.",
           also="compare side split sync"),
    Action("next_baseline", "b,]", "next baseline", "triage", "read", "Hold it against the next baseline.",
           also="compare comparison another"),
    Action("previous_baseline", "B,[", "previous baseline", "triage", "read", "Hold it against the one before.",
           also="compare comparison another"),
    Action("find", "ctrl+f", "find", "triage", "read", "Find words in the document.", also="text title"),
    Action("next_match", "n", "next match", "triage", "read", "Go to the next place found."),
    Action("previous_match", "N", "previous match", "triage", "read", "Go to the place found before."),
    Action("evidence", "v", "evidence in full", "triage", "read",
           "Show every figure with its method, seeds, claims, and what the checks ask. 'Not told apart', 'unclear' "
           "where that is too long: the 95 % interval of the difference has 0 in it. 'Could tell': the true difference "
           "that runs like these would tell from 0 four times in five.",
           also="sources questions rules statistics significance p-value confidence errors metrics numbers plot chart"),
    Action("differences", "d", "differences", "triage", "read", "Show what changed since the revision before.",
           also="diff compare versions updated"),
    Action("history", "h", "history", "triage", "read", "Show what you have said of this proposal so far.",
           also="log judgements past"),
    Action("leaderboard", "l", "leaderboard", "triage", "read",
           "Show all methods of the problem in order by a metric.",
           also="ranking compare scores baselines seeds intervals plot chart table best"),
    Action("ledger", "O", "ledger", "triage", "read",
           "Show what became of the problem's proposals beside what the lab had said, and what was lost on the way.",
           also="outcomes production vanish lost survived failed plot chart table calibration forecasts"),
    Action("others", "p", "others", "triage", "read",
           "Show what others hold of it once your own judgement is in, what it comes to, and adjudicate.",
           also="peers reviewers colleagues judgements disagreement adjudicate aggregate compare"),
    Action("critic", "a", "ask Claude", "triage", "read",
           "Open Claude's pane in place of the baseline, or close it: doubts, once your own judgement is in. "
           "Opening it sends nothing.",
           also="critic critique second reader ai llm model questions failure modes constraints"),
    Action("insights", "I", "insights", "triage", "read",
           "Show your record, pace and calibration.",
           also="statistics stats progress pace calibration brier agreement report dashboard plot chart scores time"),
    Action("raw", "R", "raw record", "triage", "read", "Show the record as its source wrote it, and where it was met.",
           also="json data file"),
    Action("copy", "Y", "copy", "triage", "read", "Copy the proposal's id; 'reviewer --at ID' opens the app there.",
           also="link url permalink share clipboard"),
    Action("search", "/", "search", "triage", "queue",
           "Search as you type for all of the words, the last of which may be a beginning; esc ends it.", True,
           also="find text title"),
    Action("filter", "F", "filter", "triage", "queue",
           "Show only a part: by agent, verdict, tag, check, what is assigned to you and more.",
           also="checks questions rules status family flagged changed unjudged narrow hide find disagreement"),
    Action("sort", "S", "sort", "triage", "queue", "Change the order of the queue; it is remembered.",
           also="ranking priority disagreement newest claim"),
    Action("why", "w", "why here", "triage", "queue",
           "Say why this proposal stands where it does: its worth, chance and with what probability, who assigned it.",
           also="reason priority order assigned drawn random explain"),
    Action("refresh", "f5,ctrl+l", "refresh", "triage", "queue",
           "Put the queue in order again; until then a judged row stays in its place.", also="reload update new"),
    Action("switch_problem", "P", "problem", "triage", "queue", "Go over to another problem.", also="change datasets"),
    Action("target", "T", "target", "triage", "queue", "Read or write what 'survives' means for this problem.",
           also="criterion goal definition horizon production"),
    Action("protocol", "V", "protocol", "triage", "queue",
           "See what is shown before one's own judgement, and set it: open, blind or sealed.",
           also="blind sealed open stages others hidden bias"),
    Action("import", "i", "import", "triage", "queue",
           "Take in files: a form asks for path, problem, setting, which way metrics are better, what tells a baseline "
           "and the format, and first shows what would come.", also="load open data upload add"),
    Action("export", "X", "export", "triage", "queue", "Write the judgements to a file, as CSV or JSON Lines.",
           also="save download share spreadsheet excel"),
    Action("toggle_queue", "\\", "show the queue", "triage", "window", "Show or hide the queue.",
           also="list sidebar panel"),
    Action("widen_pane", ">", "larger", "triage", "window",
           "Make the pane with the focus larger; the mouse drags the lines between panes.",
           also="wider width resize zoom split panel"),
    Action("narrow_pane", "<", "smaller", "triage", "window", "Make the pane with the focus smaller.",
           also="width resize zoom split panel"),
    Action("toggle_move_on", "M", "move on", "triage", "window", "Whether a verdict goes on to the next proposal.",
           also="advance automatically stay"),
    Action("rate_pass", "1", "pass", "rubric", "rubric", "The proposal meets this constraint.", True,
           call="rate('pass')"),
    Action("rate_concern", "2", "concern", "rubric", "rubric", "It may not meet it.", True, call="rate('concern')"),
    Action("rate_blocker", "3", "blocker", "rubric", "rubric", "It cannot meet it as it is.", True,
           call="rate('blocker')"),
    Action("rate_unknown", "4", "unknown", "rubric", "rubric", "The evidence does not say.", True,
           call="rate('unknown')"),
    Action("rate_not_applicable", "5", "not applicable", "rubric", "rubric", "It does not matter here.", True,
           call="rate('not_applicable')"),
    Action("rate_clear", "0", "clear", "rubric", "rubric", "Take the rating away.", True),
    Action("rate_note", "e", "note", "rubric", "rubric", "Write a note on this constraint.", True),
    Action("rate_note_last", "E", "note on the last", "rubric", "rubric",
           "Write a note on the constraint rated last, then go on where you were.", True),
    Action("next_constraint", "j,down", "next", "rubric", "rubric", "Go to the next constraint."),
    Action("previous_constraint", "k,up", "previous", "rubric", "rubric", "Go to the constraint before."),
    Action("rubric_page_down", "space,pagedown", "read on", "rubric", "rubric",
           "Read on in the questions and the note below, where they are longer than the room for them."),
    Action("rubric_page_up", "shift+space,ctrl+b,pageup", "read back", "rubric", "rubric", "Go back in them."),
    Action("rubric_back", "escape", "back", "rubric", "rubric", "Go back; all is saved already.", True, needed=True),
    Action("view_down", "j,down", "down", "view", "view", "Scroll down a line."),
    Action("view_up", "k,up", "up", "view", "view", "Scroll up a line."),
    Action("view_page_down", "space,pagedown", "page down", "view", "view", "Scroll down a page."),
    Action("view_page_up", "shift+space,ctrl+b,pageup", "page up", "view", "view", "Scroll up a page."),
    Action("view_top", "g,home", "top", "view", "view", "Go to the beginning."),
    Action("view_bottom", "G,end", "bottom", "view", "view", "Go to the end."),
    Action("view_back", "escape", "back", "view", "view", "Go back to where you were.", True, needed=True),
    Action("edit_target", "e", "edit", "target", "target", "Write another version of the target.", True),
    Action("leaderboard_open", "enter", "go to it", "leaderboard", "leaderboard", "Go to that proposal in the queue.",
           True),
    Action("leaderboard_measure", "m", "metric", "leaderboard", "leaderboard",
           "Put them in order by another metric, or on another dataset or in another setting.", True),
    Action("leaderboard_seeds", "s", "seeds", "leaderboard", "leaderboard",
           "Show the value of each seed as a dot, or the intervals again.", True),
    Action("leaderboard_notes", "v", "in full", "leaderboard", "leaderboard",
           "Show what the row says, what all are held against, what has to be known, and the marks, in full.", True),
    Action("ledger_open", "enter", "go to it", "ledger", "ledger", "Go to that proposal in the queue.", True),
    Action("ledger_plot", "p", "plot", "ledger", "ledger",
           "Show the plot of lab against production, or leave it out; on a low screen in place of the table.", True,
           also="chart graph scatter"),
    Action("ledger_metric", "m", "metric", "ledger", "ledger",
           "Put the proposals of another metric first, and on the plot: only within one can what was lost be compared.",
           True),
    Action("ledger_notes", "v", "in full", "ledger", "ledger",
           "Show what the row says, what has to be known, and the marks, in full.", True),
    Action("adjudicate", "a", "adjudicate", "others", "others",
           "Say what it comes to where judgements differ, correct that, or take it back; every judgement stays.", True,
           also="verdict decide resolve settle arbitrate retract"),
    Action("critic_send", "enter", "ask, or unfold", "critic", "Claude's pane",
           "Send what the pane says, for what it says; try again; say go on; in an answer unfold or fold what is "
           "marked.", True, call="screen.critic_send", also="claude call retry continue open"),
    Action("critic_next", "j,down", "next doubt", "critic", "Claude's pane",
           "Go to the next doubt; the sentence that it quotes is marked in the proposal.", call="screen.critic_next",
           also="claude item"),
    Action("critic_previous", "k,up", "doubt before", "critic", "Claude's pane", "Go to the doubt before.",
           call="screen.critic_previous", also="claude item"),
    Action("critic_useful", "+", "useful", "critic", "Claude's pane", "Mark the doubt as useful; again takes it back.",
           True, call="screen.critic_mark(True)", also="claude good helpful mark"),
    Action("critic_not_useful", "-", "not useful", "critic", "Claude's pane",
           "Mark the doubt as not useful; again takes it back.", True, call="screen.critic_mark(False)",
           also="claude bad wrong mark"),
    Action("critic_take", "e", "check into rationale", "critic", "Claude's pane",
           "Put the cheapest check into your rationale as a quotation that says whose it is, and write on.", True,
           call="screen.critic_take", also="claude experiment quote copy"),
    Action("critic_suspicions", "v", "what is written for a model", "critic", "Claude's pane",
           "Show the passages of the proposal that look as if they were written for a model, or fold them.",
           call="screen.critic_suspicions", also="claude injection prompt hidden suspicious"),
    Action("critic_close", "escape", "stop, or close", "critic", "Claude's pane",
           "Stop the call that is on its way; where there is none, close the pane.", True, needed=True,
           call="screen.critic_close", also="claude cancel"),
    Action("insights_next", "tab,m", "next section", "insights", "insights", "Go to the next section.", True),
    Action("insights_previous", "shift+tab", "section before", "insights", "insights", "Go to the section before."),
    Action("map_next", "j,down", "next", "mapping", "columns of a table", "Go to the next line."),
    Action("map_previous", "k,up", "previous", "mapping", "columns of a table", "Go to the line before."),
    Action("map_first", "g,home", "first", "mapping", "columns of a table", "Go to the first line."),
    Action("map_last", "G,end", "last", "mapping", "columns of a table", "Go to the last line."),
    Action("map_other", "right,l", "change", "mapping", "columns of a table",
           "Let the line say the next column, or the next thing that it may say.", True, also="column field"),
    Action("map_other_back", "left,h", "change back", "mapping", "columns of a table",
           "Let the line say the one before."),
    Action("map_choose", "enter", "list", "mapping", "columns of a table",
           "Choose what the line says from a list; where there is none, type it.", True),
    Action("map_clear", "x,backspace,delete", "none", "mapping", "columns of a table", "Let the line say nothing.",
           True),
    Action("map_measure", "+", "measured", "mapping", "columns of a table",
           "Choose another column that was measured.", True, also="metric measurement add"),
    Action("map_direction", "d", "better", "mapping", "columns of a table",
           "Say which way a metric is better: higher, lower, not said.", True, also="direction higher lower"),
    Action("map_error", "e", "error", "mapping", "columns of a table",
           "Let the next column of numbers be the error of what was measured.", True, also="standard error"),
    Action("map_type", "n", "type it", "mapping", "columns of a table",
           "Type the metric's name, or what holds for all rows.", True),
    Action("map_percent", "%", "per cent", "mapping", "columns of a table", "Say that it is in per cent, or not.",
           True),
    Action("map_primary", "p", "comes first", "mapping", "columns of a table",
           "Say that proposals are held by this number first, or not.", True, also="primary metric"),
    Action("map_keep", "w", "keep", "mapping", "columns of a table",
           "Name what was said, to use it again for tables with these columns.", True, also="save remember"),
    Action("map_page_down", "space,pagedown", "read on", "mapping", "columns of a table",
           "Read on in what would come."),
    Action("map_page_up", "shift+space,ctrl+b,pageup", "read back", "mapping", "columns of a table",
           "Go back in what would come."),
    Action("map_go_on", "i,ctrl+s", "look what would come", "mapping", "columns of a table",
           "Go on: look what would come of the whole table. Nothing is taken in before that was seen.", True,
           also="import continue done"),
    Action("map_back", "escape", "back", "mapping", "columns of a table",
           "Go back to the form; what was said of the columns stays.", True, needed=True),
    Action("list_formats", "space,right", "formats", "import", "import",
           "On the line of the format: list those that there are; the one chosen is read whatever the content tells, "
           "and backspace leaves it to the content again. Of a table of any kind it is asked what its columns are.",
           also="choose csv tsv reader source kind"),
    Action("text_on", "enter", "on", "text", "typing", "Go on to the next field; nothing is lost.", True,
           fixed=_WAY_OUT),
    Action("text_close", "escape", "close", "text", "typing", "Leave the field; what is written stays.", True,
           fixed=_WAY_OUT),
    Action("dialog_accept", "enter", "accept", "dialog", "dialog", "Take what is chosen.", True, fixed=_WAY_OUT),
    Action("dialog_close", "escape", "close", "dialog", "dialog", "Close it and change nothing.", True, fixed=_WAY_OUT),
    Action("help", "?", "keys", "app", "app", "Show every key of this screen.", True, also="shortcuts bindings"),
    Action("palette", ":,ctrl+p", "palette", "app", "app", "Find any action by its name.", also="commands menu"),
    Action("theme", "ctrl+t", "theme", "app", "app", "Choose how it looks.",
           also="colours colors dark light appearance"),
    Action("suspend", "ctrl+z", "suspend", "app", "app",
           "Stand aside for the shell, whose fg comes back here; in a text field ctrl+z undoes.",
           also="shell background stop pause job terminal"),
    Action("back_or_quit", "q", "back or quit", "app", "app", "Go back; from the triage screen, leave.", True,
           also="exit close"),
    Action("quit", "ctrl+q", "quit", "app", "app", "Leave; everything is saved.", needed=True, also="exit close"),
)  # fmt: skip
"""Every action, in the order in which lists show them."""

_BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}


def action(action_id: str) -> Action:
    """Return the action of that id.

    Raises:
        KeyError: when there is none.
    """
    return _BY_ID[action_id]


_READ_TOO: tuple[Where, ...] = ("target", "leaderboard", "ledger", "others", "insights")
"""The places in which one scrolls as on a screen that is only read."""


def actions_at(where: Where) -> tuple[Action, ...]:
    """Return the actions that can act there, those of the place itself before those that act everywhere."""
    too: tuple[Where, ...] = () if where == "app" else ("view", "app") if where in _READ_TOO else ("app",)
    return tuple(each for place in (where, *too) for each in ACTIONS if each.where == place)
