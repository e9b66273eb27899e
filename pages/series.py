"""Lesson: forecasting a time series, honestly. A network's forecasts against those that need no network."""

from rnnviz.lesson import (
    Lesson,
    Preset,
    time_series,
    time_series_covered,
    time_series_live,
    time_series_own,
    time_series_words,
)
from rnnviz.lesson.time_series import FED, FORCED
from rnnviz.lesson.words import counted, escaped

STANDARD = {"window": 60, "hidden": 16, "rate": "0.003", "updates": 200, "seed": 0, "reads": FED}
ONE = {**STANDARD, "data": "sunspots", "target": "value", "horizon": 1}
TWENTY = {**ONE, "horizon": 20}
VALUES = {**TWENTY, "data": "CO2"}
CHANGES = {**VALUES, "target": "change"}
TOLD = {**TWENTY, "reads": FORCED}

lesson = Lesson(
    "Time series",
    question="A network that forecasts one step well: can it forecast **twenty**, and does it beat *no network at all*?",
    key="series",
)
config = lesson.controls(time_series.CONTROLS)
own = time_series_own.own_series(lesson, config.data)
series, missing = time_series.chosen(config, own)
task, short = time_series.task(config, series)
for sentence in (missing, *short):
    if sentence:
        lesson.note(sentence)

plans = time_series.plans(task, config)
models = time_series_live.train(lesson, plans)
judged = time_series.judge(task, models)
ended = time_series_words.died(models)
if ended:
    lesson.note(ended)

left, right = lesson.stage_columns(1.75, 1)
place = time_series_live.fan(lesson, judged, left)
time_series_live.errors(lesson, judged, right)
time_series_live.parts(lesson, task, place)

h, every = task.horizon, series.every
options = time_series_words.options(judged)
asked = judged.ready and len(options) > len(time_series.BASELINES)
predicted = asked and lesson.predict(
    f"{time_series_words.name_of(series)}, {counted(h, every)} ahead: who has the smallest error on the {task.part} part?"
    if task.feeds
    else f"{time_series_words.name_of(series)}, each {every} told the one before: who has the smallest error at step {h} of the {task.part} part?",
    options,
    answer=options.index(judged.best(h)),
    reveal=time_series_words.verdict(judged, h),
    about=(task.key, h, task.part, task.feeds, task.window, len(options)),
)
held = time_series_covered.held(predicted, asked, (ONE, TWENTY, VALUES, CHANGES, TOLD))
said = "*Predict above, and the numbers stand here.*" if held else time_series_words.verdict(judged, h)
lesson.presets(
    [
        Preset(
            "Sunspots, 1 year",
            ONE,
            f"Before you look: is a network needed for one year? {said} Then set *Updates* to 1,000 under *More*: the error on "
            "what was trained falls to about two thirds, and that on the validation part rises. The training part is short enough to be learned by heart.",
        ),
        Preset(
            "Sunspots, 20 years",
            TWENTY,
            "The same networks, now reading their own forecasts. Where do their lines cross those of the baselines, and "
            f"what is left of the gain at the end? {said}",
        ),
        Preset(
            "CO₂ as values",
            VALUES,
            f"Look at the grey band below: the series has left it. {time_series_words.unread(task)} {said}",
        ),
        Preset(
            "CO₂ as changes",
            CHANGES,
            f"The same weeks, but what is read and forecast is the change from the week before. "
            f"{time_series_words.unread(task)} {said}",
        ),
        Preset(
            "Teacher forcing",
            TOLD,
            "The lines hug the truth for twenty years, and nothing of it is a forecast of twenty years: each point has been told "
            f"the year before. Persistence, told the same, is the line to compare with. {said}",
        ),
    ]
)

shown, seen = time_series_words.example(judged), time_series_words.seen_by_convolution(task.window)
lesson.section(
    "What you are seeing",
    f"**{time_series_words.name_of(series)}**, {series.source}: {len(series.values)} values, split in time. The first 60 % train; the next 20 % "
    f"(*validation*) are what you choose by; the last 20 % (*test*) {'stay covered' if task.part != 'test' else 'are uncovered now'}. {escaped(series.note)}\n\n"
    f"Each network reads a window of **W = {task.window}** values up to an origin $o$, one after another (the convolution "
    f"only the last {seen} of them, all at once), scaled by mean $\\mu$ and deviation "
    f"$\\sigma$ of the **training part alone**: who scales by the whole series has looked into the future. It learned to say the next "
    f"{'change' if task.prepared.difference else 'value'}. For more than one step it reads "
    + (
        "**its own forecast** as if it were true, so its errors come back in."
        if task.feeds
        else "**the true value** of each step before the next one (teacher forcing), which nobody has when forecasting."
    )
    + f" With the slider at {time_series_words.moment(task, int(task.origins[place]))}"
    + (f", the numbers of {shown}:" if shown else ":"),
)
lesson.say(f"$$\n{time_series_words.formulas(judged, place)}\n$$")
lesson.say(
    "*Persistence* repeats the last known value, *seasonal naive* "
    + (
        f"the value {series.season} {every}s before"
        if series.season > 1
        else "does the same here, because no season was found"
    )
    + f". They need nothing to be learned, "
    f"so a network that does not beat them is of no use. The *convolution* sees the last {seen} values and has no state. "
    f"{time_series_words.unread(task)}"
)

lesson.section(
    "Who beats the baselines?",
    f"On the **{task.part}** part, over all {len(task.origins)} origins, in the data's own unit. {'' if held else time_series_words.summary(judged)} "
    "One seed is one throw of the dice: change the seed under *More* before you believe a small gain.",
)
if held:
    time_series_covered.hold(lesson)
else:
    lesson.say(time_series_words.markdown(judged))
    one, all_steps, _ = lesson.columns(1, 1.4, 3)
    with one:
        lesson.download(lambda: time_series_words.table(judged), "forecast-errors", label="This table (CSV)")
    with all_steps:
        lesson.download(
            lambda: time_series_words.errors(judged), "forecast-errors-by-step", label="All errors by steps ahead (CSV)"
        )
time_series_covered.uncover(lesson, task)

lesson.section(
    "The state over the forecast",
    f"One network over the window and the forecast. Up to step {task.window} it reads the truth, ▁ low to █ high; from step {task.window} on it says the "
    f"forecast, as high as it stands above (its values are in the first picture). "
    + ("↺ marks the steps that read their own last output. " if task.feeds and h > 1 else "")
    + (f"Faintly beside it: the same network reading {FORCED if task.feeds else FED}." if h > 1 else ""),
)
time_series_live.look_inside(lesson, judged, place)

lesson.section("Check yourself")
prepared, train = task.prepared, task.prepared.parts.train
lesson.check_number(
    f"Which number does the network read for a {'change' if prepared.difference else 'value'} of {prepared.scaler.mean + 2 * prepared.scaler.scale:.4g}?",
    answer=(float(f"{prepared.scaler.mean + 2 * prepared.scaler.scale:.4g}") - prepared.scaler.mean)
    / prepared.scaler.scale,
    tolerance=0.02,
    decimals=2,
    explain=f"Minus the mean {prepared.scaler.mean:.4g}, divided by the deviation {prepared.scaler.scale:.4g}, both of the training part.",
)
lesson.check_number(
    f"The training part has {len(prepared.training)} {'changes' if prepared.difference else 'values'}. How many windows of {task.window} with a next one after them are there in it?",
    answer=len(prepared.training) - task.window,
    tolerance=0.5,
    decimals=0,
    explain="The last window must leave one value to be foretold. They overlap, so they are far fewer *independent* examples than that.",
)
lesson.check_number(
    f"How many {every}s before the origin is the value that seasonal naive says {series.season + 2} {every}s ahead?",
    answer=max(0, series.season - 2) if series.season > 1 else 0,
    tolerance=0.5,
    decimals=0,
    explain=f"One season before is not known yet, so it goes back two: {series.season + 2} − 2 · {series.season}."
    if series.season > 1
    else "No season was found, so it repeats the last known value, as persistence does.",
)
lesson.check_choice(
    "Under teacher forcing a line runs through the truth for twenty steps. Which number says whether the network has learned anything?",
    [
        "Its RMSE one step ahead, against that of persistence one step ahead",
        "Its RMSE twenty steps ahead, against that of persistence twenty steps ahead",
        "How close the line looks to the truth",
    ],
    answer=0,
    explain="Each point of that line is a forecast of one step, and repeating the value before also stays close to the truth.",
)

lesson.section(
    "The same in PyTorch",
    "A noisy sine: split in time, scaled by the training part, one-step training, then feeding back, against both baselines.",
)
lesson.pytorch(
    "series", window=task.window, horizon=h, hidden=config.hidden, updates=config.updates, rate=float(config.rate)
)

lesson.further(
    [
        "R. J. Hyndman and G. Athanasopoulos, *Forecasting: Principles and Practice*, 3rd edition (2021), [otexts.com/fpp3](https://otexts.com/fpp3): the baselines, and how to judge a forecast.",
        "G. U. Yule, *On a method of investigating periodicities in disturbed series, with special reference to Wolfer's sunspot numbers*, Phil. Trans. A 226 (1927): a forecast from the two years before.",
        "S. Bengio, O. Vinyals, N. Jaitly and N. Shazeer, *Scheduled sampling for sequence prediction with recurrent neural networks*, NeurIPS (2015): what teacher forcing leaves untrained.",
        "S. Bai, J. Z. Kolter and V. Koltun, *An empirical evaluation of generic convolutional and recurrent networks for sequence modeling* (2018): convolutions against cells.",
        "S. Makridakis, E. Spiliotis and V. Assimakopoulos, *Statistical and machine learning forecasting methods: concerns and ways forward*, PLoS ONE 13 (2018): how often the simple one wins.",
    ]
)
