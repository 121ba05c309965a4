"""Who may do what: the matrix itself. Whoever is not named is refused, changes nothing and learns nothing."""

from __future__ import annotations

from dataclasses import dataclass

from tests.rights.house import PEOPLE

_ABOVE = "owner manager director executive"
_TOP = "director executive"
_RUNS_JOURNEYS = "director executive marketer"
_EAST = "owner colleague manager director executive"
_SOUTH = "elsewhere other_manager director executive"
_LEAD_EAST = "manager director executive"
_LEAD_SOUTH = "other_manager director executive"
#: Past the door even who has left meets a customer; a stranger to the lead does, a viewer of it does not.
_MEETS_EAST = "colleague elsewhere other_manager left"
_MEETS_SOUTH = "owner colleague manager left"
#: Everybody who is here; who has left gets through no door (see `test_who_is_not_here`).
_HERE = "owner colleague elsewhere manager other_manager director executive marketer admin"


@dataclass(frozen=True, slots=True)
class Right:
    """Of one row of the matrix: who changes something by it, and who is shown the lead."""

    does: str = ""
    sees: str = ""
    #: Whose secrets it is about.
    of: str = "L1"
    #: It leaves a row that somebody was refused.
    leaves_row: bool = True
    #: Who changes something by it in a group; the same people, if it is not said.
    in_group: str | None = None
    #: Whose asking leaves a row in `collisions`, which tells him nothing: he met a colleague's customer.
    meets: str = ""

    def meeters(self, *, in_group: bool = False) -> frozenset[str]:
        may_not = in_group and self.in_group is not None
        return frozenset() if may_not else frozenset(self.meets.split())

    def doers(self, *, in_group: bool = False) -> frozenset[str]:
        return frozenset((self.does if self.in_group is None or not in_group else self.in_group).split())

    def viewers(self) -> frozenset[str]:
        return frozenset(self.sees.split()) | self.doers()


def _nobody(of: str = "L1") -> Right:
    return Right(of=of, leaves_row=False)


def _looks(sees: str, of: str = "L1") -> Right:
    """Nothing is changed by looking, and no row says that somebody tried."""
    return Right(sees=sees, of=of, leaves_row=False)


EXPECTED: dict[str, Right] = {
    "show L1": _looks(_ABOVE),
    "show L3": _looks(_EAST, "L3"),
    "show L4": _looks(_SOUTH, "L4"),
    "show L987": _nobody(),
    # Only the owner is told the number; whoever may see the lead gets its card.
    "reveal L1": Right(sees=_ABOVE),
    "reveal L3": Right(sees=_EAST, of="L3"),
    "reveal L987": _nobody(),
    "change L1": Right(does=_ABOVE),
    "change L1 phone": Right(does=_ABOVE),
    "change L3": Right(does=_LEAD_EAST, sees=_EAST, of="L3"),
    # Those above give a lead to somebody; only its owner gives it back.
    "release L1": Right(does="owner", sees=_ABOVE),
    "ask to release L1": Right(sees=_ABOVE),
    "release L3": Right(sees=_EAST, of="L3"),
    "invalid L1": Right(does=_ABOVE),
    "ask invalid L1": Right(sees=_ABOVE),
    "invalid L3": Right(does=_LEAD_EAST, sees=_EAST, of="L3"),
    "reassign L1": Right(does=_ABOVE),
    "ask to reassign L1": Right(sees=_ABOVE),
    "reassign L3": Right(does=_LEAD_EAST, sees=_EAST, of="L3"),
    "reassign L4": Right(does=_LEAD_SOUTH, sees=_SOUTH, of="L4"),
    "convert L1": Right(does=_ABOVE),
    "convert L3": Right(of="L3", leaves_row=False),
    "begin L1": Right(sees=_ABOVE),
    # Nobody's lead has no region of an owner: only those above all regions write about it.
    "begin L3": Right(sees=_TOP, of="L3"),
    "begin D1": Right(sees=_ABOVE, of="L2"),
    "record L1": Right(does=_ABOVE),
    "record L3": Right(does=_TOP, of="L3"),
    "record D1": Right(does=_ABOVE, of="L2"),
    # By a name one writes only about one's own.
    "record by name": Right(does="owner"),
    "plan L1": Right(does=_ABOVE),
    "plan L3": Right(does=_TOP, of="L3"),
    "plan alone": Right(does=_HERE, leaves_row=False),
    "claim L1": _looks("owner"),
    "claim L3": Right(does=_EAST, of="L3", leaves_row=False),
    "claim L4": Right(does=_SOUTH, of="L4", leaves_row=False),
    "claim L987": _nobody(),
    # Whoever sells and types a number that we have learns whose lead it is, never whom it names.
    "enter L1's phone": Right(sees=_ABOVE, meets=_MEETS_EAST),
    "enter L4's phone": Right(sees=_SOUTH, of="L4", meets=_MEETS_SOUTH),
    "search L1's name": _looks(_ABOVE),
    "search L1's phone": _looks(_ABOVE),
    "search L1's mail": _looks(_ABOVE),
    "search L3's company": _looks(_EAST, "L3"),
    "search all": _nobody(),
    "my leads": _looks("owner"),
    "pool": _looks(_EAST, "L3"),
    "stale": _nobody(),
    "my tasks": _looks("owner"),
    "overdue": _nobody(),
    "my deals": _looks("owner", "L2"),
    "show T1": Right(sees=_ABOVE),
    "complete T1": Right(does=_ABOVE),
    "postpone T1": Right(does=_ABOVE),
    "hand T1 over": Right(does=_ABOVE),
    "ask to hand T1 over": Right(sees=_ABOVE),
    "show T987": Right(),
    "show D1": Right(sees=_ABOVE, of="L2"),
    "show L2's deal": Right(sees=_ABOVE, of="L2"),
    "stage D1": Right(does=_ABOVE, of="L2"),
    "change D1": Right(does=_ABOVE, of="L2"),
    "quote D1": Right(does=_ABOVE, of="L2"),
    "win D1": Right(does=_ABOVE, of="L2"),
    "lose D1": Right(does=_ABOVE, of="L2"),
    "payment D1": Right(does=_ABOVE, of="L2"),
    "win D987": Right(),
    # The code is for the owner's eyes; in a group he is told to ask alone.
    "contact way L1": Right(does="owner", sees=_ABOVE, in_group=""),
    "contact way L3": Right(sees=_EAST, of="L3"),
    "tag L1": Right(does=_ABOVE),
    "tag L3": Right(does=_LEAD_EAST, sees=_EAST, of="L3"),
    "ask which tag L1": Right(sees=_ABOVE),
    "untag L1": Right(sees=_ABOVE),
    "accept L1": Right(does=_ABOVE),
    # It was never handed over, so there is nothing to send back.
    "reject L1": Right(sees=_ABOVE),
    "ask to reject L1": Right(sees=_ABOVE),
    "accept L3": Right(sees=_EAST, of="L3"),
    "segments": _nobody(),
    "doors": _nobody(),
    "retry a door": _nobody(),
    "standing ways": _nobody(),
    # The first asking has the platform make it.
    "a standing way": Right(does="manager other_manager director executive marketer admin"),
    "segment": _looks(_ABOVE),
    # Nobody was asked anything here; whoever was not asked does not learn what there is.
    "what waits for a word": _nobody(),
    "an approval": Right(),
    "answer an approval": Right(),
    "journeys": _nobody(),
    "journey": _nobody(),
    "results": _nobody(),
    # Nothing was published here, so there is nothing to rest or to go back to, and a publication is asked first.
    "rest a journey": Right(sees=_RUNS_JOURNEYS),
    "publish a journey": Right(sees=_RUNS_JOURNEYS),
    "roll a journey back": Right(sees=_RUNS_JOURNEYS),
    "stock coupons": Right(does=_RUNS_JOURNEYS, in_group=""),
    "join L1": Right(sees=_ABOVE),
    "join L3": Right(sees=_TOP, of="L3"),
    "quit L1": Right(sees=_ABOVE),
    "where L1 is": Right(sees=_ABOVE),
    "simulate for L1": _looks(_ABOVE),
    "simulate for L3": _looks(_LEAD_EAST, "L3"),
    "simulate for anybody": _nobody(),
    "try a journey": _nobody(),
    "backtest a journey": _nobody(),
    "chance L1": _looks(_ABOVE),
    "chance L3": _looks(_EAST, "L3"),
    "chance L987": _nobody(),
    "chance model": _nobody(),
    "commit": Right(
        does="owner colleague elsewhere manager other_manager director executive",
        in_group="",
        leaves_row=False,
    ),
    "commitments": _nobody(),
    "review": _nobody(),
    "review rows": _nobody(),
    # Totals, to whoever has them: of one deal the total is its amount.
    "kpi": _looks("owner manager director executive marketer", "L2"),
    # What comes by itself is asked with the rights of him who gets it; what he may not, he cannot subscribe to.
    "subscriptions": _nobody(),
    "subscribe to a funnel": Right(does="manager director executive marketer", leaves_row=False),
    "subscribe to a person": Right(does=_ABOVE, leaves_row=False),
    "subscribe for the group": Right(leaves_row=False),
    "take up the morning list": Right(does="owner colleague elsewhere", leaves_row=False),
    "move a subscription": _nobody(),
    "stop a subscription": _nobody(),
    "mute a subscription": _nobody(),
    "a subscription now": _nobody(),
    "morning list": _looks("owner"),
    "report of the day": Right(does="owner colleague elsewhere", leaves_row=False, in_group=""),
    "recap of the day": _looks(_LEAD_EAST),
    "recap of the week": _looks(_LEAD_EAST),
    "recap of the month": _looks(_LEAD_EAST),
    "what is unusual": _looks(_LEAD_EAST),
    "send a report": _nobody(),
    "edit a report": _nobody(),
    "leave a report": _nobody(),
    "before and after": _nobody(),
    "which change": _nobody(),
    "settings": _nobody(),
    "ask to change a setting": Right(sees="admin"),
    "change a setting": Right(does="admin"),
    "make oneself an executive": Right(sees="admin"),
    "undo a setting": Right(sees="admin"),
    "leave a setting": _nobody(),
    "bind east": Right(in_group="manager director executive admin", leaves_row=False),
    "bind south": Right(in_group="other_manager director executive admin", leaves_row=False),
    "free": _nobody(),
    # One platform is all there is in this house; a guess binds nobody.
    "ask for a code": _nobody(),
    "bind by a guess": _nobody(),
    "duty": Right(does=_HERE, leaves_row=False),
    # Nobody stands in for himself: Gao Feng is whom it names.
    "leave": Right(does=_HERE.replace(" colleague", ""), leaves_row=False),
    # Why somebody has a lead names colleagues and rules, never the customer.
    "why L1": _looks(_ABOVE),
    "why not me L1": _looks(_ABOVE),
    "why L3": _looks(_EAST, "L3"),
    "ask to give L1 L5": Right(sees=_LEAD_EAST),
    "give L1": Right(does=_ABOVE),
    "give all of Li Na": Right(does=_ABOVE),
    "lock L1": Right(does=_LEAD_EAST),
    "unlock L1": Right(sees=_LEAD_EAST),
    "preview of recycling": _nobody(),
    "fairness": _nobody(),
    # Whoever answers for more than his own leads; a file is sent alone.
    "send a file": Right(does="manager other_manager director executive marketer admin", in_group=""),
    "confirm an import": Right(),
    "cancel an import": Right(),
    "undo an import": Right(),
    "imports": Right(sees="manager other_manager director executive marketer admin"),
    "help": _nobody(),
    "feedback": _nobody(),
    "cancel": _nobody(),
    "ask numbers": _nobody(),
    "ask by person": _nobody(),
    "ask for a phone": _nobody(),
    "dashboard": _nobody(),
    # Whoever merges two leads has both, or leads the people of both.
    "ask to merge L1 L2": Right(sees=_ABOVE),
    "merge L1 L2": Right(does=_ABOVE, in_group=""),
    "keep L1 L2 apart": Right(does=_ABOVE),
    "unmerge L1": Right(),
    "lookalikes": _nobody(),
    # That a colleague met a known customer is written down; he learns whose it is, never whom it names.
    "check L1's phone": Right(meets="colleague elsewhere other_manager", in_group="", leaves_row=False),
    "check L3's company": _nobody("L3"),
    "collisions L1": Right(sees=_ABOVE),
    "timeline L1": Right(sees=_ABOVE),
    "my group messages": Right(leaves_row=False),
    "check a group message": Right(),
    "decline a group message": Right(),
    "serve L1": Right(sees=_ABOVE),
    "serve L3": Right(sees=_LEAD_EAST, of="L3"),
    "why sent L1": Right(sees=_ABOVE),
    # By a name one asks only about one's own.
    "why sent L1 by name": Right(sees="owner"),
    "touches L1": Right(sees=_ABOVE),
    # Numbers of all for marketing and those who lead; nobody's name is in them.
    "touches": _nobody(),
    # Who has to prove what was agreed to may look at that, and at nothing else.
    "consent L1": Right(sees=f"{_ABOVE} admin"),
    "stop L1": Right(does=_ABOVE, in_group=""),
    "ask to stop L1": Right(sees=_ABOVE),
    "resume L1": Right(does=_ABOVE, in_group=""),
    "ask to resume L1": Right(sees=_ABOVE),
    "consent L3": Right(sees=f"{_LEAD_EAST} admin", of="L3"),
    # Somebody's own data are an admin's to give and to take away, who sees no customers otherwise.
    "export L1": Right(sees="admin"),
    "ask to erase L1": Right(sees="admin"),
    "erase L1": Right(does="admin", in_group=""),
    "do not erase": _nobody(),
    "contents": _nobody(),
    "preview for L1": Right(sees=_ABOVE),
    "preview for nobody": _nobody(),
    "find an asset": _nobody(),
    # With customers of his own to choose from.
    "pull an asset": _looks("owner"),
    "share an asset with L1": Right(does=_ABOVE, in_group=""),
    "share with L1": Right(does=_ABOVE, in_group=""),
    "share with L3": Right(does=_LEAD_EAST, of="L3", in_group=""),
    "quality": _nobody(),
    "quality rows": _nobody(),
}
#: The region's good news names the firm that was won: that is what it is for.
TOLD_TO_GROUPS = {"win D1": frozenset({"银铃铛贸易"})}
NOBODY = frozenset(PEOPLE) - frozenset(_HERE.split())
