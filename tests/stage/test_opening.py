"""A page that opens waits for its first picture, and for no other page's."""

from rnnviz.stage import opening


def test_who_is_told_of_is_who_waits():
    one, other = opening.awaited(), opening.awaited()
    opening.told(one.name)
    assert one.stands.is_set() and not other.stands.is_set()


def test_a_name_that_nobody_waits_for_changes_nothing():
    one = opening.awaited()
    opening.told("")
    opening.told(one.name.upper() + "0")
    assert not one.stands.is_set()


def test_who_waits_no_longer_is_forgotten():
    names = [opening.awaited().name for _ in range(100)]
    assert len(set(names)) == 100
    assert not set(names) & set(opening._awaited)
