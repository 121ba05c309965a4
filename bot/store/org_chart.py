"""Read an address book as an organisation: who leads what, in which region and team everybody is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.chat.outbound import Department, Directory, Person
from bot.crm.company.org import Org
from bot.crm.user import Role


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in the company."""

    role: Role
    #: First- and second-level department by our own names where we know them; empty above them.
    region: str = ""
    team: str = ""


def written_book(org: Org) -> Directory:
    """The address book that config/org.yaml stands in for, where the platform shows us none."""
    top = Department("company", org.company, "")
    regions = [Department(f"region:{one.name}", one.name, top.id) for one in org.regions]
    teams = [Department(f"team:{one.name}", one.name, f"region:{one.region}") for one in org.teams]
    own = {word: f"region:{one.name}" for one in org.regions for word in (one.name, *one.aliases)}
    own |= {word: f"team:{one.name}" for one in org.teams for word in (one.name, *one.aliases)}
    people = [
        Person(one.userid, one.name, (own.get(one.team or one.region or "", top.id),)) for one in org.people
    ]
    return Directory(tuple(people), (top, *regions, *teams))


class OrgChart:
    """The departments as a tree, and everybody's place in it."""

    def __init__(self, directory: Directory, org: Org) -> None:
        self._org = org
        self._departments: Mapping[str, Department] = {one.id: one for one in directory.departments}
        self._regions = {name: one.name for one in org.regions for name in (one.name, *one.aliases)}
        self._teams = {name: one.name for one in org.teams for name in (one.name, *one.aliases)}
        self._leaders = [p.user_id for p in directory.people if any(map(self._is_root, p.leads))]

    def place(self, person: Person, user_id: str) -> Place:
        """His place; what config/org.yaml says of `user_id` wins over his role in the address book."""
        paths = [self._path(one) for one in person.department_ids]
        # Whoever leads a region counts there, also if he sits elsewhere as well.
        led = [path for path in map(self._path, person.leads) if len(path) == 1]
        best = next(iter(led), None) or max(paths, key=len, default=())
        region = self._regions.get(best[0], best[0]) if best else ""
        team = self._teams.get(best[1], best[1]) if len(best) > 1 else ""
        role = self._org.role_of(user_id) or self._role(person, is_manager=bool(led))
        if role in {Role.EXECUTIVE, Role.DIRECTOR}:
            return Place(role)
        return Place(role, region, "" if role is Role.MANAGER and led else team)

    def _role(self, person: Person, *, is_manager: bool) -> Role:
        if person.user_id in self._leaders:
            return Role.EXECUTIVE if person.user_id == self._leaders[0] else Role.DIRECTOR
        return Role.MANAGER if is_manager else Role.REP

    def _is_root(self, department_id: str) -> bool:
        found = self._departments.get(department_id)
        return found is not None and found.parent_id not in self._departments

    def _path(self, department_id: str) -> tuple[str, ...]:
        """Names from the first level down to this department; empty for the root."""
        names = [one.name for one in self._upwards(department_id) if not self._is_root(one.id)]
        return tuple(reversed(names))

    def _upwards(self, department_id: str) -> Iterator[Department]:
        seen: set[str] = set()
        # A book that we see half of may lack the upper part, and a broken one may run in a circle.
        while department_id in self._departments and department_id not in seen:
            seen.add(department_id)
            yield self._departments[department_id]
            department_id = self._departments[department_id].parent_id
