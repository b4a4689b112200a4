"""What is said where a queue has no rows: why that is, and which key leads on."""

from reviewer.domain.counted import counted
from reviewer.domain.queue import QueueFilter
from reviewer.domain.text import safe_line
from reviewer.store.problems import ProblemCounts
from reviewer.tui.keys import Keymap


def words_for_empty(counts: ProblemCounts, asked: QueueFilter, keymap: Keymap, *, leaves_covered_out: bool) -> str:
    """Return why there is nothing; ``leaves_covered_out`` where the search finds nothing of what is sealed."""
    first = {action: keys[0] if keys else "" for action, keys in keymap.items()}
    if counts.proposals == 0:
        return _no_proposal(counts, first["next_baseline"], first["import"])
    if asked.text:
        words = f"Nothing matches “{safe_line(asked.text, 60)}”. Esc ends the search."
        return words + (
            "\n\nNumbers, and words that tell where an idea comes from, are searched for only in what you have seen "
            "the evidence of."
            if leaves_covered_out
            else ""
        )
    return f"Nothing is left in this queue ({safe_line(asked.describe(), 80)}). {first['filter']} changes it."


def _no_proposal(counts: ProblemCounts, baselines_key: str, import_key: str) -> str:
    words = "There is no proposal here yet.\n\n"
    if counts.baselines + counts.references:
        words = (
            f"This problem has {counted(counts.baselines, 'baseline')} and {counted(counts.references, 'reference')}, "
            f"but no proposal yet. {baselines_key} goes through the baselines.\n\n"
        )
    return (
        f"{words}Import what the agents left behind: press {import_key}, or\n\n"
        "  reviewer import \\\n"
        "    findings/ \\\n"
        "    --setting lab\n\n"
        "A finding is a proposal when it is an agent's result or hypothesis."
    )
