"""Whose law holds in a region."""

from __future__ import annotations

import pytest

from wrpc.analysis.pools.jurisdictions import MEMBERS, REGIONS, jurisdiction


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ("eu-central-1 eu-west-1 eu-north-1 europe-west4 westeurope northeurope swedencentral eu-frankfurt-1", "eu"),
        ("eu EU europe eu-dc1 de de-fra-2 Germany frankfurt fra1 eusc-de-east-1 italynorth", "eu"),
        ("eu-west-2 europe-west2 uksouth ukwest uk uk-lon-1 London eu-gb", "gb"),
        ("eu-central-2 europe-west6 switzerlandnorth Zurich ch eu_zurich_1", "ch"),
        ("norwayeast oslo no", "no"),
        ("us us-east-1 us-gov-west-1 us-central1 eastus westus2 us-ashburn-1 US usa", "us"),
        ("ca-central-1 canadaeast northamerica-northeast1", "ca"),
        ("northamerica-south1 mx-central-1", "mx"),
        ("ap-northeast-1 asia-northeast1 japaneast", "jp"),
        ("ap-northeast-2 asia-northeast3", "kr"),
        ("on-prem", "on"),
        ("basement", "basement"),
    ],
)
def test_regions(regions: str, expected: str) -> None:
    assert {region: jurisdiction(region) for region in regions.split()} == dict.fromkeys(regions.split(), expected)


def test_no_name_stands_in_two_countries() -> None:
    names = [name for names in REGIONS.values() for name in names.split()]
    assert len(names) == len(set(names))
    assert not set(names) & {*REGIONS, *MEMBERS}
