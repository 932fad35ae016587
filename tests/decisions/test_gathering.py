"""Uploads are gathered until they pause, but not for ever."""

from datetime import timedelta

from msgspec.structs import replace

from decisions.actions import InspectArrivals, Notify
from decisions.events import DataArrived, DataInspected, Quarantined
from decisions.facts import Facts
from decisions.policies import DataPolicy
from tests.decisions.life import FRESH, NOW, POLICY, after, kinds, scheduled, the, wish


def inspected(batch: str, admitted: int = 1) -> DataInspected:
    return DataInspected(model="digits", batch=batch, admitted=admitted, size=100)


def test_blobs_of_a_bucket_are_opened_first():
    decision = after(FRESH, DataArrived(model="digits", bucket=1795248000))
    assert the(decision, InspectArrivals).bucket == 1795248000


def test_first_files_schedule_one_check_after_the_quiet_period():
    decision = after(FRESH, inspected("a", 3))
    assert scheduled(decision).at == NOW + timedelta(minutes=2)
    assert scheduled(decision).event.reason == "new_data"


def test_more_files_do_not_schedule_another_check():
    decision = after(after(FRESH, inspected("a")).state, inspected("b"))
    assert decision.actions == ()
    assert decision.sentence == "1 new files (100 bytes) are fit for training; 2 wait."


def test_check_waits_on_while_uploads_go_on():
    first = after(FRESH, inspected("a"))
    later = NOW + timedelta(minutes=1)
    second = after(first.state, inspected("b"), now=later)
    due = scheduled(first)
    checked = after(second.state, due.event, now=due.at)
    assert scheduled(checked).at == later + timedelta(minutes=2)
    assert scheduled(checked).event.ordinal == 1
    assert checked.state.training is None


def test_files_that_are_not_opened_yet_show_that_uploads_go_on():
    first = after(FRESH, inspected("a"))
    due = scheduled(first)
    checked = after(first.state, due.event, Facts(arriving=3), now=due.at)
    assert scheduled(checked).at == due.at + timedelta(minutes=2)
    assert checked.state.training is None


def test_files_that_keep_arriving_are_not_waited_for_without_end():
    first = after(FRESH, inspected("a"))
    late = NOW + timedelta(minutes=30)
    decision = after(first.state, scheduled(first).event, Facts(arriving=3), now=late)
    assert decision.state.training is not None


def test_longest_wait_ends_the_gathering():
    state, now = FRESH, NOW
    due = scheduled(after(state, inspected("0")))
    for minute in range(30):
        now = NOW + timedelta(minutes=minute)
        state = after(state, inspected(str(minute)), now=now).state
    while True:
        decision = after(state, due.event, now=due.at)
        if decision.state.training:
            break
        state, due = decision.state, scheduled(decision)
    assert due.at == NOW + timedelta(minutes=30)


def test_too_few_files_wait_for_more():
    policy = replace(POLICY, data=DataPolicy(container="data", pattern="*", min_files=3))
    few = after(FRESH, inspected("a", 2), policy=policy)
    assert few.actions == ()
    assert kinds(after(few.state, inspected("b", 1), policy=policy)) == ["Schedule"]


def test_stale_check_changes_nothing():
    first = after(FRESH, inspected("a"))
    due = scheduled(first).event
    begun = after(first.state, due, now=NOW + timedelta(minutes=2))
    again = after(begun.state, due, now=NOW + timedelta(minutes=2))
    assert begun.state.training is not None
    assert again.actions == ()


def test_uploads_do_not_start_a_training_unless_the_policy_says_so():
    policy = replace(POLICY, retrain=replace(POLICY.retrain, on=("drift",)))
    assert after(FRESH, inspected("a"), policy=policy).actions == ()


def test_broken_file_is_told_and_the_rest_goes_on():
    broken = Quarantined(path="data/digits/b.parquet", etag="0x1", reason="the file is cut short")
    event = DataInspected(
        model="digits", batch="a", admitted=2, size=200, quarantined=(broken, broken)
    )
    decision = after(FRESH, event)
    assert kinds(decision) == ["Schedule", "Notify"]
    assert the(decision, Notify).kind == "data.quarantined"
    assert decision.sentence == (
        "2 new files (200 bytes) are fit for training; 2 wait. "
        "Quarantined data/digits/b.parquet (the file is cut short) and 1 more."
    )


def test_persons_wish_does_not_wait_for_uploads():
    assert "FreezeManifest" in kinds(after(FRESH, wish(reason="person")))


def test_files_without_a_verdict_are_awaited_even_without_a_quiet_period():
    data = DataPolicy(container="data", pattern="*", quiet=timedelta(0), max_wait=timedelta(0))
    policy = replace(POLICY, data=data)
    first = after(FRESH, inspected("a"), policy=policy)
    due = scheduled(first).event
    waiting = after(first.state, due, Facts(arriving=3), policy=policy)
    assert scheduled(waiting).at == NOW + timedelta(seconds=10)
    assert after(first.state, due, policy=policy).state.training is not None


def test_news_of_many_broken_files_names_some_and_counts_all():
    broken = tuple(
        Quarantined(path=f"data/{number}", etag="0x1", reason="cut short") for number in range(50)
    )
    event = DataInspected(model="digits", batch="a", admitted=0, size=0, quarantined=broken)
    notice = the(after(FRESH, event), Notify)
    assert (len(notice.data["files"]), notice.data["quarantined"]) == (20, 50)
