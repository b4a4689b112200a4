"""How large the panes are: what was chosen is kept, and cut to the window only where it is shown."""

from reviewer.tui.pane_sizes import PaneSizes


def test_the_queue_takes_no_more_than_two_fifths_of_the_window() -> None:
    sizes = PaneSizes().with_queue(60, 160)
    assert [sizes.queue_width(width) for width in (160, 120, 80, 160)] == [60, 48, 32, 60]
    assert [PaneSizes().queue_width(width) for width in (80, 120, 160, 200, 300)] == [32, 32, 32, 40, 48]
    assert PaneSizes().with_queue(150, 120).queue == 48
    assert PaneSizes().with_queue(1, 120).queue == 20


def test_the_shares_leave_something_to_read_on_both_sides() -> None:
    assert PaneSizes().with_beside(0.05).beside == 0.2
    assert PaneSizes().with_beside(0.99).beside == 0.8
    assert PaneSizes().with_above(0.7).above == 0.7
    assert PaneSizes().with_queue_share(2).queue_share == 0.8


def test_the_evidence_has_as_many_rows_as_it_needs_until_somebody_chooses() -> None:
    assert PaneSizes().evidence_height(40, 3) == 3
    assert PaneSizes().evidence_height(40, 30) == 8
    assert PaneSizes().evidence_height(20, 30) == 4
    assert PaneSizes().evidence_height(24, 30) == 5, "three settings and a line for those without a measurement"
    chosen = PaneSizes().with_evidence(20, 48)
    assert [chosen.evidence_height(height, 3) for height in (48, 24, 48)] == [20, 10, 20]
    assert PaneSizes().with_evidence(99, 48).evidence == 34
    assert PaneSizes().with_evidence(0, 48).evidence == 2
