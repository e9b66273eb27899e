"""Lesson: what clipping does to a gradient, where it saves a run, and what it cannot do."""

import numpy as np

from rnnviz import figures
from rnnviz.engine import angle, clip_by_norm, clip_by_value
from rnnviz.engine.clipping import norm
from rnnviz.figures import cliff as drawn
from rnnviz.figures import clipped_runs as over_runs
from rnnviz.figures import clipping as in_plane
from rnnviz.figures.descent import norm_frames
from rnnviz.figures.strokes import METHODS
from rnnviz.lesson import Choice, Controls, Lesson, Number, Preset, Real, clipped_runs, clipping
from rnnviz.lesson.sectional import check_links, controls_here, dark_theme, progress, solid
from rnnviz.lesson.words import decimal
from rnnviz.stage import Sweep

PLANE = Controls(
    Real("weight", 0.1, 2, default=1.2, label="Recurrent weight w", step=0.1,
         help="Of the one-unit RNN whose gradients are drawn. A larger one has a few gradients that are far longer than the rest. From 0.1 to 2."),
    Number("seed", 0, 9999, default=0, label="Seed of the sequences", more=True),
)  # fmt: skip
CLIFF = Controls(
    Real("w0", *clipping.BOX[:, 0], default=4.5, label="Start at w", step=0.1),
    Real("b0", *clipping.BOX[:, 1], default=-3.5, label="Start at b", step=0.1),
    Real("eta", 0.01, 10, default=0.5, label="Learning rate η", step=0.1),
    Real("theta_cliff", 0.01, 100, default=0.25, label="θ of the clipped descent", step=0.05),
)
RATES = ("0.01", "0.03", "0.1", "0.3", "1")
RUN = Controls(
    Choice("rate", RATES, default="0.3", label="Learning rate of both runs"),
    Real("theta_run", 0.01, 100, default=0.3, label="θ of the clipped run", step=0.05),
    Number("run_seed", 0, 9999, default=0, label="Seed of both runs", more=True),
)
SO_FAR = Controls(
    Choice("so_far", ("50", "100", "300", "600"), default="100", label="Updates so far"),
)

lesson = Lesson(
    "Clipping", question="One huge gradient can throw away all that was learned. What does **clipping** do about it?"
)
check_links(lesson, cliff=CLIFF, run=RUN, so_far=SO_FAR)
config = lesson.controls(PLANE)
plane = clipping.plane(config.weight, config.seed)
start = 1.0
at = clipping.THETAS.index(start)
sample = [f"sequence {k + 1}:" for k in range(len(plane.gradients))]
theta = start
for column, method in zip(lesson.stage_columns(1, 1), METHODS, strict=True):
    rested = lesson.chart(
        figures.clipped_plane(
            plane.gradients,
            plane.clipped[method][at],
            method=method,
            threshold=start,
            limit=plane.limit,
            labels=sample,
        ),
        f"plane-{method}",
        caption={
            "norm": "Clipped by norm: shortened to the ball of radius θ",
            "value": "Clipped by value: each component cut to ±θ",
        }[method],
        alt=f"{len(plane.gradients)} gradients of a one-unit RNN as arrows, before and after they are clipped by {method}.",
        sweep=Sweep(
            "theta",
            label="θ of the plane",
            values=clipping.THETAS,
            start=start,
            frames=in_plane.plane_frames(plane.clipped[method], clipping.THETAS, method=method),
        ),
        within=column,
    )
    theta = rested if method == "norm" and rested is not None else theta
k = clipping.THETAS.index(theta) if theta in clipping.THETAS else at
limits = (
    min(clipping.THETAS[0], float(plane.norms.min())) / 1.2,
    1.2 * max(clipping.THETAS[-1], float(plane.norms.max())),
)
turned = {method: one[k] for method, one in plane.angles.items()}
lesson.chart(
    figures.clip_angles(
        plane.norms, {method: one[at] for method, one in plane.angles.items()}, threshold=start, limits=limits
    ),
    "angles",
    caption="The angle between each gradient before clipping and after it",
    alt=f"At θ = {theta:g}, mean angle by norm {turned['norm'].mean():.2f}°, by value {turned['value'].mean():.2f}°, at most {turned['value'].max():.2f}°.",
    sweep=Sweep(
        "theta",
        label="θ of the plane",
        values=clipping.THETAS,
        start=start,
        frames=in_plane.angle_frames(plane.angles, clipping.THETAS, limits),
        slider=False,
    ),
)
example = np.array([4.0, 1.0])
by_value = clip_by_value(example, 1)
lesson.predict(
    "A gradient is $(4, 1)$, and θ = 1. It is clipped **by value**. What happens to its direction?",
    ["It stays", "It turns towards the longer component", "It turns towards the diagonal"],
    answer=2 if by_value[0] == by_value[1] else 1,
    reveal=f"Computed: $(4, 1)$ becomes $({by_value[0]:g}, {by_value[1]:g})$, turned by **{angle(example, by_value):.1f}°**. By norm it "
    f"becomes $({clip_by_norm(example, 1)[0]:.3f}, {clip_by_norm(example, 1)[1]:.3f})$, turned by **{angle(example, clip_by_norm(example, 1)):.1f}°**.",
)

longest = int(plane.norms.argmax())
g = plane.gradients[longest]
after = {method: plane.clipped[method][k][longest] for method in METHODS}
lesson.section(
    "What you are seeing",
    f"Each arrow is one gradient $g = (\\partial L/\\partial w, \\partial L/\\partial u)$: a one-unit RNN $h_t = \\tanh(w h_{{t-1}} + u x_t)$ with $u = 1$ reads "
    f"one of {clipping.GRADIENTS} random sequences of {clipping.STEPS} steps, and $L = (h_{clipping.STEPS} - y)^2$. Thin grey: before. Thick: after.\n\n"
    "**By norm** (Pascanu et al. 2013): $g \\leftarrow \\min(1, \\theta / \\lVert g \\rVert_2)\\, g$. A gradient longer than θ is shortened to length θ; its direction stays.\n\n"
    "**By value** (Mikolov 2012): $g_k \\leftarrow \\max(-\\theta, \\min(\\theta, g_k))$. Each component is cut by itself, so that the direction changes "
    "where one is cut and another is not, or less.\n\n"
    f"At θ = {theta:g}, the longest of these gradients is $g = ({decimal(g[0])}, {decimal(g[1])})$ with $\\lVert g \\rVert_2 = {decimal(plane.norms[longest])}$. "
    f"By norm it becomes $({decimal(after['norm'][0])}, {decimal(after['norm'][1])})$, turned by **{turned['norm'][longest]:.2f}°**; "
    f"by value $({decimal(after['value'][0])}, {decimal(after['value'][1])})$, turned by **{turned['value'][longest]:.2f}°**. "
    f"Of {len(plane.norms)} gradients, {int((plane.norms > theta).sum())} are longer than θ; by norm the largest angle is "
    f"{turned['norm'].max():.2f}°, by value {turned['value'].max():.2f}°.",
)

lesson.section(
    "The cliff",
    "Why are some gradients so huge? The simplest recurrent network has one unit and two parameters: "
    "$x_t = w\\,\\sigma(x_{t-1}) + b$, 50 steps from $x_0 = 0.5$, and $L = (\\sigma(x_{50}) - 0.7)^2$ (Pascanu et al. 2013, figure 6). "
    "Its loss is nearly flat on both sides of a **cliff**: there, a hair's breadth in $w$ or $b$ decides to which of two fixed points 50 steps lead. "
    "Both descents start at the same place, with the same learning rate."
    + ("" if clipping.start_is_fixed() else " **Click into the picture to start elsewhere.**"),
)
descent = controls_here(lesson, CLIFF, "cliff")
pair = clipping.descents(descent.w0, descent.b0, descent.eta, descent.theta_cliff)
ground = clipping.ground()
fates = {kind: clipping.fate(one) for kind, one in pair.items()}
places = {kind: one.place for kind, one in pair.items()}
updates = list(range(clipping.UPDATES + 1))
lesson.say(f"**Without clipping**, the descent {fates['without']}. **With clipping**, it {fates['norm']}.")
flat, turned_up = lesson.columns(3, 2)
with flat:
    rested = lesson.chart(
        figures.cliff_contours(
            ground.loss, w=ground.w, b=ground.b, paths=places, update=clipping.UPDATES, highest=clipping.HIGHEST
        ),
        "cliff",
        caption="Loss L over w and b, and both descents up to this update",
        alt="Contours of the loss with a wall across them, and on them the ways of two descents from one start. "
        + "Without clipping, the descent {}. With clipping, it {}.".format(
            *(clipping.fate(pair[kind], plain=True) for kind in ("without", "norm"))
        ),
        sweep=Sweep(
            "update",
            label="Update",
            values=updates,
            start=clipping.UPDATES,
            frames=drawn.path_frames(places, clipping.BOX, updates),
            unit=f"of {clipping.UPDATES}",
            play=True,
        ),
        on_pick=None if clipping.start_is_fixed() else clipping.start_at,
    )
norms = {kind: one.norm for kind, one in pair.items()}
lesson.chart(
    figures.descent_norms(norms, threshold=descent.theta_cliff, update=clipping.UPDATES),
    "descent-norms",
    caption="‖g‖₂ of g = (∂L/∂w, ∂L/∂b) at each update, before clipping, log axis",
    alt=f"Largest ‖g‖ without clipping {np.nanmax(norms['without']):.3g}, with clipping {np.nanmax(norms['norm']):.3g}.",
    sweep=Sweep(
        "update",
        label="Update",
        values=updates,
        start=clipping.UPDATES,
        frames=norm_frames(norms, updates, threshold=descent.theta_cliff),
        slider=False,
    ),
)
lesson.say(clipping.in_words(pair, clipping.UPDATES if rested is None else int(rested)))
lesson.download(lambda: clipping.table(pair), "descents", label="Both descents, all numbers (CSV)")
small, tiny = (clipping.descents(*start) for start in ((4.8, -2.7, 0.02, 0.25), (4.5, -3.5, 0.5, 0.02)))
wall, times = clipping.steepest(small["without"])
lesson.presets(
    [
        Preset(
            "Thrown off",
            {"w0": 4.5, "b0": -3.5, "eta": 0.5, "theta_cliff": 0.25},
            "Without clipping, one step on the wall undoes all that came before. The clipped descent meets the same wall, moves by at most "
            "$\\eta\\theta = 0.125$, and comes back.",
        ),
        Preset(
            "A small rate is no help",
            {"w0": 4.8, "b0": -2.7, "eta": 0.02, "theta_cliff": 0.25},
            f"The rate is 25 times smaller than 0.5, and the steps are so short that up to the wall both ways cover a small part of the picture. Yet on the wall $\\lVert g \\rVert_2$ "
            f"is {wall:,.0f}, {times:,.0f} times the median of the unclipped descent until then, and so is its step. {clipping.compared(small)}",
        ),
        Preset(
            "A tiny θ",
            {"w0": 4.5, "b0": -3.5, "eta": 0.5, "theta_cliff": 0.02},
            "Every step is at most $\\eta\\theta = 0.01$ long. Nothing is thrown off, but this θ cuts the usual gradients, too: the clipped descent has not even come to the "
            f"wall. {clipping.compared(tiny)} The one that was thrown off stands lower by luck: out there $\\sigma(x_{{50}})$ is close to 1, and $(1 - 0.7)^2 = 0.09$. "
            f"There it stays, for $\\lVert g \\rVert_2 = {decimal(tiny['without'].norm[-1])}$, while the clipped one still moves.",
        ),
        Preset(
            "A huge θ clips nothing",
            {"w0": 4.5, "b0": -3.5, "eta": 0.5, "theta_cliff": 100.0},
            "Both descents are the same one: θ is beyond every gradient on this way.",
        ),
    ],
    name="cliff preset",
)

lesson.section(
    "On a real run",
    "The same on a network that learns: an `nn.RNN` with 32 tanh units reads 12 symbols and must name the **first** one at the end. "
    "Two runs with the same first weights, the same batches, the same learning rate, and plain gradient descent with momentum 0.9. Only one of them is clipped.",
)
run = controls_here(lesson, RUN, "run")
with progress("Training the same network twice …"):
    both = clipped_runs.pair(float(run.rate), run.theta_run, run.run_seed)
clipped, free = both.runs["norm"], both.runs["without"]
lesson.chart(
    figures.run_norms(both.norms(), clipped.applied_norm, threshold=run.theta_run),
    "run-norms",
    caption=f"‖g‖₂ of all parameters at each update, log axis. {both.share:.1%} of the clipped run's updates were clipped.",
    alt=f"Largest ‖g‖ without clipping {np.nanmax(free.grad_norm):.3g}; with clipping {np.nanmax(clipped.grad_norm):.3g} before it, "
    f"{np.nanmax(clipped.applied_norm):.3g} after.",
)
lesson.chart(
    figures.run_losses(both.losses(), chance=clipped.plan.chance),
    "run-losses",
    caption=f"Loss at each update, log axis. Mean of the last 50: {clipped_runs.ending(free)} without clipping, {clipped_runs.ending(clipped)} with it.",
    alt=f"Without clipping the loss ends at {clipped_runs.ending(free)}, with clipping at {clipped_runs.ending(clipped)}; who knows nothing has {clipped.plan.chance:.3f}.",
)
lesson.say(clipped_runs.verdict(both))
lesson.download(both.table, "runs", label="Both runs, all updates (CSV)")
lesson.presets(
    [
        Preset("Only the clipped run survives", {"rate": "0.3", "theta_run": 0.3},
               f"A rate that is too bold for the raw gradient: without clipping, $\\lVert g \\rVert_2$ reached {clipped_runs.largest(free)}, and the last losses are {clipped_runs.ending(free)}. With clipping they are {clipped_runs.ending(clipped)}."),
        Preset("θ so small that it slows", {"rate": "0.3", "theta_run": 0.02},
               f"{both.share:.1%} of the updates were clipped: each of these applied gradients has the same length {run.theta_run:g}, and the loss falls later than with a larger θ. The last losses are {clipped_runs.ending(clipped)}."),
        Preset("A moderate rate", {"rate": "0.03", "theta_run": 1.0},
               f"Clipping acted on {both.share:.1%} of the updates. The last losses are {clipped_runs.ending(free)} without it and {clipped_runs.ending(clipped)} with it."),
        Preset("No cure for any rate", {"rate": "1", "theta_run": 1.0},
               f"The direction of a step can be wrong, too. Clipping bounds what each gradient adds by $\\eta\\theta = {float(run.rate) * run.theta_run:g}$. Momentum 0.9 adds up such steps, $1 + 0.9 + 0.9^2 + … = 1/(1 - 0.9) = 10$, so that one step can be ${10 * float(run.rate) * run.theta_run:g}$ long: a bound too large to help."),
    ],
    name="run preset",
)  # fmt: skip

lesson.section(
    "Choosing θ",
    "θ has no right value by itself: it is a length, to be compared with the lengths that come. So look at the norms of a run so far, and choose θ where it "
    "cuts the outliers and leaves the rest (Pascanu et al. 2013 report that a half to ten times the mean norm works). Move θ; it is tried on the norms of the clipped run above.",
)
so_far = controls_here(lesson, SO_FAR, "so_far")
seen = both.norms_so_far(int(so_far.so_far))
tried, shares = np.array(clipped_runs.TRIED), clipped_runs.shares(seen)
counts, edges = clipped_runs.histogram(seen)
low, high = clipped_runs.rule(seen)
usual = clipped_runs.nearest(seen[np.isfinite(seen)].mean())
trial = lesson.chart(
    figures.norm_distribution(counts, edges, tried, shares, threshold=usual, band=(low, high)),
    "distribution",
    caption=f"How often each ‖g‖₂ came in the first {len(seen)} updates of the clipped run: mean {seen.mean():.3g}, median {np.median(seen):.3g}. Shaded: a half to ten times the mean",
    alt="A histogram on a log axis, a falling line of the share that each θ would clip, and a line at θ.",
    sweep=Sweep(
        "theta_tried",
        label="θ tried on these norms",
        values=clipped_runs.TRIED,
        start=usual,
        frames=over_runs.distribution_frames(tried, shares, edges),
    ),
)
trial = usual if trial is None else trial
lesson.say(
    f"θ = {trial:g} would clip **{float((seen > trial).mean()):.1%}** of these updates. {clipped_runs.by_the_rule(both, int(so_far.so_far), trial)}"
)

inside, scales = both.inside, both.scales()
states = {name: one for name, (one, _) in inside.items()}
ends = clipped_runs.axis(states, scales)
lesson.section(
    "What clipping does not do",
    "It does not cure **vanishing**. Clipping multiplies the whole gradient of the weights with one number, "
    "$s = \\min(1, \\theta/\\lVert g \\rVert_2)$, as if the loss had been $s \\cdot L$: every $\\partial L/\\partial h_t$ counts $s$ times as much. On a log axis the curve moves down as a "
    "whole, and its shape stays. What the early steps lack against the late ones, they still lack.\n\n"
    + clipped_runs.which_updates(both),
)
lesson.chart(
    figures.scaled_gradients(
        states, {name: scales[name][clipped_runs.TRIED.index(usual)] for name in states}, limits=ends
    ),
    "not-vanishing",
    caption="‖∂L/∂hₜ‖₂ of the clipped run over a whole batch, before and after scaling by s, log axis",
    alt="; ".join(
        f"{name}: from {one[0]:.3g} at the first step to {one[-1]:.3g} at the last" for name, one in states.items()
    ),
    sweep=Sweep(
        "theta_tried",
        label="θ tried on these norms",
        values=clipped_runs.TRIED,
        start=usual,
        frames=over_runs.scaled_frames(states, scales, limits=ends),
    ),
)
lesson.say(clipped_runs.same_shape(both, trial))

lesson.section("Check yourself")
lesson.check_number(
    f"The rule by norm with θ = {theta:g} is applied to g = ({g[0]:.4g}, {g[1]:.4g}). How long is it then?",
    answer=float(norm(after["norm"])),
    tolerance=0.005,
    explain=f"$\\min(\\lVert g \\rVert_2, \\theta) = \\min({decimal(plane.norms[longest])}, {theta:g})$.",
)
far = np.array([8.0, 6.0])
lesson.check_number(
    "g = (8, 6) is clipped by norm at θ = 5. What is its first component?",
    answer=float(clip_by_norm(far, 5)[0]),
    tolerance=0.005,
    decimals=2,
    explain="$\\lVert g \\rVert_2 = 10$, so that all is halved. By value it would be $(5, 5)$, another direction.",
)
early = {name: one[0] / one[-1] for name, one in states.items()}
name = next(iter(early))
lesson.check_choice(
    f"At {name}, $\\lVert \\partial L/\\partial h_1 \\rVert$ is {early[name]:.2g} times $\\lVert \\partial L/\\partial h_{{{len(states[name])}}} \\rVert$. Clipped to half its norm, what is the ratio?",
    [f"{early[name] / 2:.2g}", f"{early[name]:.2g}", f"{early[name] * 2:.2g}"],
    answer=1,
    explain="Both are halved. Clipping cannot make an early step count more.",
)

lesson.section(
    "The same in PyTorch",
    "The order matters: all gradients first, then clip them **together**, then the step. `clip_grad_norm_` joins all parameters to one vector and returns its norm before clipping. "
    "It divides by $\\lVert g \\rVert + 10^{-6}$, so that a clipped norm is a hair below θ; here, θ is divided by $\\lVert g \\rVert$ in the plane and on the cliff, and the runs are clipped by "
    "PyTorch itself. `nn.utils.clip_grad_value_(parameters, theta)` clips by value.\n\n"
    "The script trains one network like the clipped run above, with its learning rate, θ and seed, for as many updates. But it draws other first weights and sequences, "
    "so do not expect the same numbers. `theta = None` trains without clipping.",
)
lesson.pytorch("clipping", rate=float(run.rate), theta=float(run.theta_run), seed=int(run.run_seed))

lesson.further(
    [
        "R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural networks*, ICML (2013): algorithm 1, and the cliff in figure 6.",
        "T. Mikolov, *Statistical Language Models Based on Neural Networks*, PhD thesis, Brno (2012): gradients clipped by value, so that an RNN could be trained at all.",
        "I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning* (2016), §10.11.1: clipping gradients.",
        "J. Zhang, T. He, S. Sra and A. Jadbabaie, *Why gradient clipping accelerates training: a theoretical justification for adaptivity*, ICLR (2020).",
    ]
)

seen_as = (descent.w0, descent.b0, descent.eta, descent.theta_cliff, dark_theme())
with turned_up:
    solid(
        lesson,
        clipping.surface(*seen_as),
        "surface",
        caption="The same as a surface, with both whole ways as far as they stay in the picture. Drag to turn it.",
        about=seen_as,
    )
