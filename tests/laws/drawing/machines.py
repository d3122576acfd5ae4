"""Models, sites and pools."""

from __future__ import annotations

from tests.laws.drawing.conditions import Conditions

PRICES = (
    "input 1000000USD/Mtok  output 1000000USD/Mtok",
    "input 0USD/Mtok  output 2000000USD/Mtok",
    "input 2000000USD/Mtok",
    "output 1000000USD/Mtok",
    "input 500000USD/Mtok  output 0USD/Mtok",
)
POOLS = ("p0", "p1", "`p/2`", "p3")
LABEL = ("red", '"blue"', "`p/2`")


class Machines(Conditions):
    def machines(self) -> None:
        self.pools = list(POOLS[: self.number(2, 4)])
        self.models, self.sites = self.number(0, 1), self.number(0, 1)
        self.out += ["model m0 { " + self.one(["context 8  max_output 2", "context 8"]) + " }"] * self.models
        self.out += ['site h0 { region "eu" }'] * self.sites
        declared: set[str] = set()
        for pool in self.pools:
            block: dict[str, str] = {}
            if self.chance(8):
                block["trust"] = self.one(['"own"', '"cloud"'])
            if self.chance(3):
                block["region"] = self.one(['"eu"', '"us"'])
            if self.models and self.chance(5):
                block["model"] = "m0"
            if self.sites and self.chance(5):
                block["site"] = "h0"
            if self.chance(2):
                block["context"] = self.one(["4", "8"])
            declared.update(k for k in block if k != "context")
            if self.chance(5):
                block["price"] = "{ " + self.one(PRICES) + " }"
            labels = ""
            if self.chance(2):
                labels = f"team {self.one(LABEL)} "
                declared.add("team")
            if self.chance(3):
                labels += f"grade {self.one(['1', '2', '0.5'])}"
                self.graded = True
            if labels:
                block["labels"] = f"{{ {labels} }}"
            self.out.append(f"pool {pool} {{ {'  '.join(f'{k} {v}' for k, v in block.items())} }}")
        self.attributes = sorted(declared - {"labels", "price"})
