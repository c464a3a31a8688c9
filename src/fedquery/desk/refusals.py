"""What the desk refuses by itself; one text each, and never a word of what was sent.

The texts are the msgids of the catalogues: the page that shows them translates them.
"""

from fedquery.desk.language import N_
from fedquery.errors import FedqueryError, InputError


class LoginNeededError(FedqueryError):
    """There is no session, or it has ended."""

    slug = "login"
    default_do = N_("Sign in; what was being done has to be done again.")

    def __init__(self) -> None:
        super().__init__(N_("You are not signed in, or your session has ended."))


class LoginFailedError(FedqueryError):
    """Name, password and code do not fit; one text for whichever of them is wrong."""

    slug = "login-failed"
    default_do = N_("Check all three; a code can be used once, and its clock must be right.")

    def __init__(self) -> None:
        super().__init__(N_("The name, the password or the code is not right."))


class LoginWaitError(FedqueryError):
    """There were too many tries, for this account or from this address.

    Args:
        wait_s: the seconds until the next try is looked at.
    """

    slug = "login-wait"
    default_do = N_("Wait, then try again; a supervisor can have the account reset.")

    def __init__(self, wait_s: int) -> None:
        super().__init__(N_("There were too many tries to sign in."))
        self.wait_s = wait_s


class CrossSiteError(FedqueryError):
    """A form was not sent from a page of this desk, or from one of an earlier session."""

    slug = "csrf"
    default_do = N_("Open the page again, and send it from there.")

    def __init__(self) -> None:
        super().__init__(N_("This form was not sent from a page of this session."))


class HostError(FedqueryError):
    """The request names another host than this desk serves."""

    slug = "host"
    default_do = N_("Use the address that the operator gave you.")

    def __init__(self) -> None:
        super().__init__(N_("This desk is not served under this name."))


class FormError(InputError):
    """A form does not have the fields that its page has."""

    slug = "malformed"
    default_do = N_("Open the page again, and send it from there.")

    def __init__(self) -> None:
        super().__init__(N_("The form that was sent is not one of this page."))


class IdReusedError(InputError):
    """A form came again with other content under the id of a question that was asked."""

    slug = "id-reused"
    default_do = N_("Open the page again, and send it from there.")

    def __init__(self) -> None:
        super().__init__(N_("This page was sent before, with other content."))


class ForbiddenError(FedqueryError):
    """The role of the visitor does not have this page."""

    slug = "forbidden"
    default_do = N_("Ask somebody who has this task.")

    def __init__(self) -> None:
        super().__init__(N_("Your role does not have this page."))
