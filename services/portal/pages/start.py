"""The start page: what this is for anyone, and for who is signed in the work that waits."""

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.portal.pages.cookies import give_language, local_path
from services.portal.pages.entering import ADDRESSES, step_left
from services.portal.pages.figures import figures_for
from services.portal.pages.parts import Parts
from services.portal.pages.task_sentences import Tone
from services.portal.pages.tasks import lines_for
from services.portal.pages.work import work_of
from shared.domain import city_date, now
from shared.vocabulary import MODES_IN_ORDER, Role
from shared.web.access import current_actor, public
from shared.web.language import LANGUAGES

start = Blueprint("start", __name__)


@start.get("/")
@public
def show_start() -> Response | str:
    """Welcome, or the page that starts from the person's work; a trainee's work is the own record."""
    actor = current_actor()
    if actor is None and (found := step_left()) and found.step:
        return redirect(ADDRESSES[found.step])
    if actor is None:
        return render_template("portal/welcome.html", modes=MODES_IN_ORDER)
    if actor.roles == {Role.TRAINEE}:
        return redirect("/portal/me")
    works = [work_of(role) for role in Role if role in actor.roles]
    parts = Parts()
    lines, figures = lines_for(actor, parts), figures_for(actor, parts)
    waits = [line for line in lines if line.tone in (Tone.WAITS, Tone.WARNS)]
    others = [line for line in lines if line.tone in (Tone.COMES, Tone.WELL)]
    shown = {"waits": waits, "others": others, "figures": figures, "missing": parts.missing}
    return render_template("portal/home.html", works=works, today=city_date(now()), **shown)


@start.get("/portal/language")
@public
def choose_language() -> Response:
    """Speak another language from now on, and go back to where the reader was."""
    wanted = request.args.get("lang", "zh")
    response = make_response(redirect(local_path(request.args.get("next"))))
    return give_language(response, wanted if wanted in LANGUAGES else "zh")
