"""The verbs of the command line, for scripts and notebooks: one file a family."""

from ganzoo.api.author import new as new
from ganzoo.api.draw import directions as directions
from ganzoo.api.draw import export as export
from ganzoo.api.draw import interpolate as interpolate
from ganzoo.api.draw import load_generator as load_generator
from ganzoo.api.draw import project as project
from ganzoo.api.draw import sample as sample
from ganzoo.api.draw import write_samples as write_samples
from ganzoo.api.finished import Run as Run
from ganzoo.api.measure import check_data as check_data
from ganzoo.api.measure import compare as compare
from ganzoo.api.measure import diagnose as diagnose
from ganzoo.api.measure import evaluate as evaluate
from ganzoo.api.measure import write_report as write_report
from ganzoo.api.search import begin_sweep as begin_sweep
from ganzoo.api.search import join_sweep as join_sweep
from ganzoo.api.search import resume_sweep as resume_sweep
from ganzoo.api.search import sweep as sweep
from ganzoo.api.serve import play as play
from ganzoo.api.train import go_on as go_on
from ganzoo.api.train import option_overrides as option_overrides
from ganzoo.api.train import resume as resume
from ganzoo.api.train import run as run
from ganzoo.api.train import start as start
