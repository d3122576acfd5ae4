"""Whose law holds where a region stands: a country, or the European Union for those that are members of it.

From the lists of regions that AWS, Google Cloud, Azure, Oracle, IBM and DigitalOcean publish (2026-08). The names do
not say it by themselves: `eu-west-2` is in London, `europe-west6` in Zurich.
"""

from __future__ import annotations

import re
from functools import cache

MEMBERS = frozenset(
    (
        "at", "be", "bg", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hr", "hu", "ie", "it", "lt", "lu",
        "lv", "mt", "nl", "pl", "pt", "ro", "se", "si", "sk",
    )
)  # fmt: skip

REGIONS = {
    "ae": "me-central-1 uaenorth uaecentral me-abudhabi-1 me-dubai-1 dubai",
    "at": "austriaeast vienna austria",
    "au": "ap-southeast-2 ap-southeast-4 australia-southeast1 australia-southeast2 australiaeast australiasoutheast "
    "australiacentral australiacentral2 ap-sydney-1 ap-melbourne-1 au-syd syd1 sydney melbourne australia",
    "be": "europe-west1 belgiumcentral brussels belgium",
    "bh": "me-south-1",
    "br": "sa-east-1 southamerica-east1 brazilsouth brazilsoutheast sa-saopaulo-1 sa-vinhedo-1 br-sao brazil",
    "ca": "ca-central-1 ca-west-1 northamerica-northeast1 northamerica-northeast2 canadacentral canadaeast "
    "ca-toronto-1 ca-montreal-1 ca-tor ca-mon tor1 toronto montreal canada",
    "ch": "eu-central-2 europe-west6 switzerlandnorth switzerlandwest eu-zurich-1 zurich zürich geneva switzerland",
    "cl": "southamerica-west1 chilecentral sa-santiago-1 sa-valparaiso-1 chile",
    "cn": "cn-north-1 cn-northwest-1 chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2 chinanorth3 china",
    "de": "eu-central-1 eusc-de-east-1 europe-west3 europe-west10 germanywestcentral germanynorth eu-frankfurt-1 "
    "eu-de fra1 frankfurt berlin munich germany",
    "dk": "denmarkeast copenhagen denmark",
    "es": "eu-south-2 europe-southwest1 spaincentral eu-madrid-1 eu-madrid-3 eu-es madrid spain",
    "fi": "europe-north1 finlandcentral helsinki finland",
    "fr": "eu-west-3 europe-west9 francecentral francesouth eu-paris-1 eu-marseille-1 eu-fr2 paris france",
    "gb": "eu-west-2 europe-west2 uksouth ukwest uk-london-1 uk-cardiff-1 eu-gb lon1 london uk britain england",
    "gr": "greececentral athens greece",
    "hk": "ap-east-1 asia-east2 eastasia hongkong",
    "id": "ap-southeast-3 asia-southeast2 indonesiacentral ap-batam-1 jakarta indonesia",
    "ie": "eu-west-1 northeurope dublin ireland",
    "il": "il-central-1 me-west1 israelcentral il-jerusalem-1 israel",
    "in": "ap-south-1 ap-south-2 asia-south1 asia-south2 centralindia southindia westindia jioindiawest "
    "jioindiacentral ap-mumbai-1 ap-hyderabad-1 blr1 mumbai india",
    "it": "eu-south-1 europe-west8 europe-west12 italynorth eu-milan-1 eu-turin-1 milan italy",
    "jp": "ap-northeast-1 ap-northeast-3 asia-northeast1 asia-northeast2 japaneast japanwest ap-tokyo-1 ap-osaka-1 "
    "jp-tok jp-osa tokyo osaka japan",
    "kr": "ap-northeast-2 asia-northeast3 koreacentral koreasouth ap-seoul-1 ap-chuncheon-1 seoul korea",
    "mx": "mx-central-1 northamerica-south1 mexicocentral mx-queretaro-1 mx-monterrey-1 mexico",
    "my": "ap-southeast-5 malaysiawest malaysiasouth malaysia",
    "nl": "europe-west4 westeurope eu-amsterdam-1 ams2 ams3 amsterdam netherlands",
    "no": "norwayeast norwaywest oslo norway",
    "nz": "ap-southeast-6 newzealandnorth auckland",
    "pl": "europe-central2 polandcentral warsaw poland",
    "pt": "lisbon portugal",
    "qa": "me-central1 qatarcentral qatar",
    "sa": "me-central2 me-jeddah-1 me-riyadh-1 saudiarabiaeast",
    "se": "eu-north-1 europe-north2 swedencentral swedensouth eu-stockholm-1 stockholm sweden",
    "sg": "ap-southeast-1 asia-southeast1 southeastasia ap-singapore-1 ap-singapore-2 sgp1 singapore",
    "th": "ap-southeast-7 asia-southeast3 bangkok thailand",
    "tw": "ap-east-2 asia-east1 taiwannorth taiwannorthwest taiwan",
    "us": "eastus eastus2 eastus3 centralus northcentralus southcentralus southeastus westcentralus westus westus2 "
    "westus3 usgovvirginia usgovarizona usgovtexas usdodeast usdodcentral nyc1 nyc2 nyc3 sfo1 sfo2 sfo3 atl1 virginia "
    "ohio oregon california iowa texas usa america",
    "za": "af-south-1 africa-south1 southafricanorth southafricawest af-johannesburg-1 johannesburg",
}
"""The names of regions, and of a few cities and countries, by the country's code (ISO 3166-1). Those of the United
States that begin with `us-` need no entry."""


@cache
def _countries() -> dict[str, str]:
    named = {name: country for country, names in REGIONS.items() for name in names.split()}
    return {**{code: code for code in (*REGIONS, *MEMBERS)}, **named}


def jurisdiction(region: str) -> str:
    """`eu` for a country of the Union, else the country's code. A name of nobody's list goes by what stands before its
    first `-` (`de-fra-2`, `eu-dc1`), and where that is no country stands for itself."""
    name = re.sub(r"[\s_]+", "-", region.strip().lower())
    known = _countries()
    first = re.sub(r"\d+$", "", name.partition("-")[0])
    country = known.get(name) or known.get(name.replace("-", "")) or known.get(first, first)
    return "eu" if country in MEMBERS or country == "europe" else country
