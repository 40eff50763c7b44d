"""What a store of releases promises, whatever it is kept in."""

from dataclasses import replace

import pytest

from taskforce.core.identity import JobId
from taskforce.core.paging import Page
from taskforce.core.pipelines.delivery import Alias, AliasType, Product, Release
from taskforce.core.pipelines.errors import AliasTaken, CommitAmbiguous, ReleaseExists, ReleaseNotFound
from taskforce.core.pipelines.look_up import custom_alias
from taskforce.core.principals import DEFAULT_PROJECT
from tests.builders import OTHER_PROJECT, a_job
from tests.delivery_builders import SHOP, a_commit, a_release, made
from tests.integration.contracts.stores import Stores

STABLE = custom_alias("stable")
OTHERS = Product(project=OTHER_PROJECT, repository="acme/shop", name="app")
TOOLS = replace(SHOP, name="tools")


async def kept(stores: Stores, *releases: Release) -> None:
    for release in releases:
        await stores.jobs.submit(a_job(), changes=[made(release)])


async def names(stores: Stores, release: Release) -> set[str]:
    found = await stores.releases.get(release.id, project=DEFAULT_PROJECT)
    return {alias.alias for alias in found.aliases}


async def test_a_release_is_what_was_written(stores: Stores) -> None:
    release = a_release(1, tag="v1.0.0", run=JobId("r"))
    await kept(stores, release)
    assert await stores.releases.get(release.id, project=DEFAULT_PROJECT) == release


async def test_a_release_of_another_project_is_not_there(stores: Stores) -> None:
    release = a_release(1)
    await kept(stores, release)
    with pytest.raises(ReleaseNotFound):
        await stores.releases.get(release.id, project=OTHER_PROJECT)
    with pytest.raises(ReleaseNotFound):
        await stores.releases.find(OTHERS, "1")


async def test_a_product_has_each_number_and_each_commit_once(stores: Stores) -> None:
    first = a_release(1)
    await kept(stores, first)
    for again in (a_release(1, commit_sha=a_commit(9)), a_release(2, commit_sha=first.commit_sha)):
        with pytest.raises(ReleaseExists) as refused:
            await kept(stores, again)
        assert refused.value.details == {"release_id": first.id}
    await kept(stores, a_release(1, product=TOOLS), a_release(1, product=OTHERS))
    assert await stores.releases.last_number(SHOP) == 1


async def test_the_last_number_is_the_highest(stores: Stores) -> None:
    assert await stores.releases.last_number(SHOP) == 0
    await kept(stores, a_release(1), a_release(2), a_release(7, product=TOOLS))
    assert await stores.releases.last_number(SHOP) == 2


async def test_releases_are_listed_newest_first_and_in_parts(stores: Stores) -> None:
    await kept(stores, *map(a_release, (1, 2, 3)), a_release(1, product=TOOLS))
    part = await stores.releases.list(SHOP, Page(limit=2, offset=1))
    assert ([one.release_number for one in part.items], part.total) == ([2, 1], 3)
    assert all(one.aliases for one in part.items)


@pytest.mark.parametrize("name", ["2", "v2.0", "main-2", "abcdef2", "ABCDEF2", "abcdef2" + "0" * 33])
async def test_a_release_is_found_by_each_of_its_names(stores: Stores, name: str) -> None:
    second = a_release(2, tag="v2.0", commit_sha="abcdef2" + "0" * 33)
    await kept(stores, a_release(1, tag="v1.0"), second, a_release(2, product=TOOLS))
    assert await stores.releases.find(SHOP, name) == second


async def test_a_short_commit_of_several_releases_is_ambiguous(stores: Stores) -> None:
    await kept(stores, *(a_release(number, commit_sha=f"abcdef{number}" + "0" * 33) for number in (1, 2)))
    with pytest.raises(ReleaseNotFound):
        await stores.releases.find(SHOP, "abcdef")
    both = [a_release(number, commit_sha="abcdef0" + f"{number:033x}") for number in (3, 4)]
    await kept(stores, *both)
    with pytest.raises(CommitAmbiguous) as refused:
        await stores.releases.find(SHOP, "abcdef0")
    assert refused.value.details == {"candidates": sorted(one.commit_sha for one in both)}


async def test_a_custom_alias_moves_and_goes(stores: Stores) -> None:
    first, second = a_release(1), a_release(2)
    await kept(stores, first, second)
    named = await stores.releases.name(first, STABLE)
    assert STABLE in named.aliases
    assert await stores.releases.find(SHOP, "stable") == named
    await stores.releases.name(second, STABLE)
    assert ("stable" in await names(stores, first), "stable" in await names(stores, second)) == (False, True)
    await stores.releases.unname(SHOP, "stable")
    with pytest.raises(ReleaseNotFound):
        await stores.releases.find(SHOP, "stable")
    with pytest.raises(ReleaseNotFound):
        await stores.releases.unname(SHOP, "stable")


async def test_an_alias_given_twice_is_one(stores: Stores) -> None:
    release = a_release(1)
    await kept(stores, release)
    await stores.releases.name(release, STABLE)
    assert (await stores.releases.name(release, STABLE)).aliases.count(STABLE) == 1


async def test_the_other_names_are_no_custom_ones_to_take_or_remove(stores: Stores) -> None:
    first, second = a_release(1, tag="v1.0"), a_release(2)
    await kept(stores, first, second)
    for name in ("v1.0", "main-1"):
        with pytest.raises(AliasTaken):
            await stores.releases.name(second, Alias(alias=name, alias_type=AliasType.CUSTOM))
        with pytest.raises(ReleaseNotFound):
            await stores.releases.unname(SHOP, name)


async def test_a_tag_that_moved_names_the_newer_release(stores: Stores) -> None:
    first, second = a_release(1, tag="latest-ok"), a_release(2, tag="latest-ok")
    await kept(stores, first, second)
    assert (await stores.releases.find(SHOP, "latest-ok")).id == second.id
    assert "latest-ok" not in await names(stores, first)


@pytest.mark.parametrize("name", ["v2.0", "main-2"])
async def test_a_release_takes_its_own_names_from_whoever_was_given_them(stores: Stores, name: str) -> None:
    first, second = a_release(1), a_release(2, tag="v2.0")
    await kept(stores, first)
    await stores.releases.name(first, Alias(alias=name, alias_type=AliasType.CUSTOM))
    await kept(stores, second)
    assert (await stores.releases.find(SHOP, name)).id == second.id
    assert name not in await names(stores, first)
    with pytest.raises(AliasTaken):
        await stores.releases.name(first, Alias(alias=name, alias_type=AliasType.CUSTOM))
