"""Lesson: two sentences with the same words, and what it takes to tell them apart."""

import math

import numpy as np

from rnnviz import figures
from rnnviz.figures.influence import influence_frames
from rnnviz.figures.order import Panel
from rnnviz.lesson import Controls, Lesson, Number, Preset, Real, Text, influence, occurring, sequences, shapes
from rnnviz.lesson.formula import in_numbers
from rnnviz.lesson.words import counted, decimal, quoted, token_label, verbatim
from rnnviz.stage import Pin, Sweep
from rnnviz.tasks.speech import PITCH, RATE
from rnnviz.tasks.words import words
from rnnviz.training.character_model import character_model

ONE, TWO = "dog bites man", "man bites dog"
PASSAGE = "To be, or not to be, that is the question: Whether 'tis nobler in the mind to suffer"

CONTROLS = Controls(
    sequences.SentenceInput("sentence", default=ONE, label="Sentence A", width=300),
    sequences.SentenceInput("other", default=TWO, label="Sentence B", width=300),
    Number("window", 1, 5, default=2, label="Words in the window"),
    Number("units", 2, 16, default=8, label="Units of the recurrent state", more=True),
    Number("draw", 0, 9999, default=0, label="Seed of its random weights", more=True),
    Text("passage", default=PASSAGE, label="Text for the character models, below", max_length=100, more=True),
    Text("instead", default="x", label="Character to put in, below", max_length=1, more=True, width=200),
    Real("temperature", 0, 2, default=0.5, label="Temperature of the writing", step=0.1, more=True,
         help="0: always the likeliest character. 1: as likely as the network says."),
    Number("dice", 0, 9999, default=0, label="Seed of the writing", more=True),
)  # fmt: skip

lesson = Lesson(
    "Sequences",
    question="Two sentences have the same words. What does it take to notice that their **order** differs?",
)
config = lesson.controls(CONTROLS)
one, two = words(config.sentence), words(config.other)
settings = (one, two, config.window, config.units, config.draw)
comparison = sequences.compared(*settings)
steps, titles = comparison.steps, sequences.titles(comparison)
last = {kind: sequences.size(comparison.distance[kind][-1]) for kind in sequences.KINDS}

if comparison.relation == "same":
    lesson.note("A and B are the same words in the same order: there is nothing to tell apart.")
elif comparison.relation == "different":
    lacks = [
        f"only {sentence} has {', '.join(map(verbatim, extra))}"
        for sentence, extra in (("A", comparison.only_in(0)), ("B", comparison.only_in(1)))
        if extra
    ]
    lesson.note(f"B is not A in another order: {'; '.join(lacks)}. A bag of words notices that, too.")

word = Sweep(
    "word",
    label="After word t =",
    values=range(1, steps + 1),
    start=steps,
    frames={(k, "z"): comparison.panels(kind) for k, kind in enumerate(sequences.KINDS)},
    unit=f"of {steps}",
)
rested = lesson.chart(
    figures.compared_states(
        [
            Panel(titles[kind], sequences.rows(comparison, kind), comparison.panels(kind)[-1])
            for kind in sequences.KINDS
        ],
        height=218,
    ),
    "states",
    caption="After the last word, "
    + ", ".join(
        f"{sequences.NAMES[kind]} {'is the same for A and B' if last[kind] == 'exactly 0' else 'differs'}"
        for kind in sequences.KINDS
    )
    + ".",
    alt=f"Three heatmaps, each with a column for A, for B and for A − B, after each of {counted(steps, 'word')}.",
    sweep=word,
    beside_player=True,
)
table = comparison.table()
lesson.chart(
    figures.state_distances(table.assign(name=table["kind"].map(titles)), words=[
        (sequences.label(a), sequences.label(b)) for a, b in comparison.pairs()
    ], height=168),
    "distances",
    caption="How far apart A and B are, ○ exactly 0. After the last word: "
    + ", ".join(f"{titles[kind]}: {last[kind]}" for kind in sequences.KINDS),
    alt="One line for each of the three; an open circle where the distance is exactly 0.",
    sweep=Sweep(word.name, label=word.label, values=word.values, start=steps, slider=False,
                frames={(len(sequences.KINDS), "x"): np.array([[t, t] for t in word.values])}),
    beside_player=True,
)  # fmt: skip

after = sequences.continued(*settings)
tail = " ".join(sequences.TAIL[: config.window])
answer = sequences.named(after.apart())
options = ["None of them", "Only the recurrent state", "The bag and the recurrent state", "All three"]
options = list(dict.fromkeys([*options, answer]))
lesson.predict(
    f"Add “{tail}” to both. Which still differ at the end?",
    options,
    answer=options.index(answer),
    reveal="After these words the distances are: "
    + ", ".join(f"{titles[kind]}: **{sequences.size(after.distance[kind][-1])}**" for kind in sequences.KINDS)
    + ". A window forgets at once what has left it; a recurrent state lets it fade.",
    about=settings,
)

lesson.presets(
    [
        Preset(
            "Not good, but bad",
            {"sentence": "the film was good not bad", "other": "the film was bad not good", "window": 2},
            "The same six words, the opposite meaning. A bag of words, and whatever is built on it, must give both the "
            "same grade.",
        ),
        Preset(
            "The difference is long ago",
            {"sentence": f"{ONE} that is what they said", "other": f"{TWO} that is what they said", "window": 2},
            "The window saw the difference while it passed by, and then no longer. The recurrent state keeps a trace of "
            "it, smaller with each word.",
        ),
        Preset(
            "A wider window",
            {"sentence": f"{ONE} that is what they said", "other": f"{TWO} that is what they said", "window": 5},
            "A window of five words sees further, holds more numbers, and meets the same end one word after the other.",
        ),
        Preset(
            "Other words",
            {"sentence": "dog bites man", "other": "dog bites boy", "window": 2},
            "No other order, but another word: this is what a bag of words is made to notice.",
        ),
        Preset("Back to the start", {"sentence": ONE, "other": TWO, "window": 2}, "Dog bites man, man bites dog."),
    ]
)

lesson.section(
    "What you are seeing: three ways to remember",
    f"Each word comes in as a list of {len(comparison.vocabulary)} numbers, 0 everywhere but a 1 at the word's own place "
    "(*one-hot*). From these, three kinds of **state** are made, and each column above is one of them, for sentence A, for "
    "sentence B, and the first minus the second. Move the slider: all three are read word by word.\n\n"
    f"- The **bag of words** adds up what comes in: how often each word was read. "
    + (
        f"At the end the difference of A and B, computed just now, is **{last['bag']}**: a sum does not know in which order "
        "it was added up.\n"
        if comparison.relation == "reordered"
        else f"At the end A and B are {last['bag']} apart.\n"
    )
    + f"- The **window** keeps the last {counted(config.window, 'word')}, each at its own place: "
    f"{config.window} × {len(comparison.vocabulary)} = {config.window * len(comparison.vocabulary)} numbers (ₜ is the "
    "newest word, ₜ₋₁ the one before). Order inside it is seen, and nothing outside of it.\n"
    f"- The **recurrent state**, Elman's, has {counted(config.units, 'number')} however long the sentence is. Its weights are "
    "random and nothing was trained: that order leaves a trace needs no training, only the loop. What training "
    "adds is *which* trace.\n\n"
    "The distance of two states is $\\lVert A_t - B_t \\rVert_2$: the root of the sum of the squared differences."
    + (" A sentence that has ended keeps its last state." if len(one) != len(two) else ""),
)
lesson.download(comparison.table, "distances", label="All distances (CSV)")

step = min(int(rested or steps), steps)
lesson.section(
    "The simplest recurrence, and Elman's",
    f"A **recurrence** makes the next state from the last state and the new input. Here are both with their numbers after "
    f"word {step}" + (": move the slider above, and they follow." if steps > 1 else "."),
)
bag, elman = comparison.traces["bag"], comparison.traces["Elman"]
for name, k in (("A", 0), ("B", 1)):
    sentence = comparison.sentences[k]
    time = min(step, len(sentence)) - 1
    place = comparison.vocabulary.index(one[min(step, len(one)) - 1])
    formula = bag[k].cell.formulas["h"]
    numbers = in_numbers(formula, bag[k].cell.numbers(bag[k], time, place), float(bag[k].h[time, place]))
    sums, states = lesson.columns(2, 3)
    with sums:
        lesson.say(
            f"**{name}**, t = {time + 1}, reads {quoted(sentence[time])}. The sum, at the place of "
            f"{quoted(comparison.vocabulary[place])}:\n\n"
            rf"$$ \begin{{aligned}} {formula.replace('h_', 's_').replace(' = ', ' &= ')} \\ &= {numbers} \end{{aligned}} $$"
        )
    with states:
        lesson.say(f"Elman's state, unit {comparison.unit}, where the two sentences end furthest apart:")
        lesson.equations(elman[k], Pin(time, comparison.unit))
lesson.say(
    "The sum treats all that came before alike, so the order is lost. In Elman's state the last state goes through the "
    "weights $W_{hh}$ and the $\\tanh$ once more with every word: a word read three steps ago has been through them "
    "three times, and that is how the state knows that it came first."
)

found = occurring.occurring()
lesson.section(
    "Where sequences occur",
    "Whatever comes one after the other is a sequence. For a network each is an array of shape **(time, features)**: so many "
    "steps, so many numbers at each. These are the arrays themselves.",
)
left, middle, right = lesson.columns(1, 1, 1)
with left:
    lesson.chart(
        figures.series(found.arrays["sunspots"][:, 0], found.years, time_label="year", value_label="sunspots"),
        "sunspots",
        caption=f"Time series: {found.shape('sunspots')}",
        alt=f"Sunspots in each of {len(found.years)} years, in waves of about eleven years.",
    )
    lesson.say("The yearly number of sunspots: one number a year. What comes next?")
with middle:
    lesson.chart(
        figures.series(found.arrays["co2"][:, 0], found.weeks, time_label="year", value_label="CO₂, ppm"),
        "co2",
        caption=f"Time series: {found.shape('co2')}",
        alt=f"Carbon dioxide in the air over {len(found.weeks)} weeks: a yearly wave on a rising line.",
    )
    lesson.say("CO₂ in the air at Mauna Loa, week by week: a wave that rides on a slope.")
with right:
    lesson.chart(
        figures.feature_map(
            found.arrays["text"],
            time=range(1, len(found.tokens) + 1),
            feature=range(found.arrays["text"].shape[1]),
            time_label="character",
            feature_label="place",
            value_label="",
            range=(0, 1),
            tokens=found.tokens,
        ),
        "text",
        caption=f"Text: {found.shape('text')}",
        alt=f"The first {len(found.tokens)} characters of Shakespeare's plays, each a 1 at its own place.",
    )
    lesson.say("The plays of Shakespeare, by character, one-hot: a step is a 1 at the place of the character.")
left, middle, right = lesson.columns(1, 1, 1)
shown = RATE // 20
with left:
    voice = found.arrays["voice"]
    lesson.chart(
        figures.series(
            voice[:shown, 0],
            occurring.milliseconds(shown),
            time_label="milliseconds",
            value_label="sound pressure",
        ),
        "voice",
        caption=f"Speech: {found.shape('voice')}, {shown} drawn",
        alt=f"A wave that repeats {PITCH:.0f} times a second.",
    )
    lesson.say(
        f"A voice that glides from “ah” to “ee”, {RATE:,} samples a second. It is no recording: it is computed as harmonics of "
        f"a pitch of {PITCH:.0f} Hz, shaped by the resonances of a mouth (the source-filter model, Fant 1960)."
    )
with middle:
    spectrum = found.arrays["spectrum"]
    lesson.chart(
        figures.feature_map(
            spectrum,
            time=occurring.frame_times(len(spectrum)),
            feature=occurring.frequencies(spectrum.shape[1]),
            time_label="milliseconds",
            feature_label="Hz",
            value_label="dB",
            range=(-80, 0),
        ),
        "spectrum",
        caption=f"Speech, as spectra: {found.shape('spectrum')}",
        alt="Dark bands, the resonances, that move as the vowel changes.",
    )
    lesson.say(
        "The same voice as most recognisers read it: 100 spectra a second, in decibels below the loudest. Fewer steps, more "
        "features."
    )
with right:
    lesson.chart(
        figures.word_columns(found.sentences, ("English", "German")),
        "translation",
        caption=f"Translation: {found.shape('original')} to {found.shape('translation')}",
        alt=f"{len(found.sentences[0])} English words beside {len(found.sentences[1])} German ones.",
    )
    lesson.say("A line of *Hamlet* and Schlegel's translation: another length, and the words do not line up.")

used = shapes.uses(config.passage, config.temperature, config.dice)
lesson.unknown_characters(character_model(shapes.CELL), config.passage + config.instead)
lesson.section(
    "What goes in, what comes out",
    f"One network, four ways to use it. These are the trained {shapes.CELL} and your text (under *More*), run just now: "
    "columns are its hidden states, below them stands what it reads, above them what it says, with the probability that it "
    "gave. Inputs in grey are its own outputs, fed back along the dotted line.",
)
explained = (
    "One letter goes in. From there on the network reads what it wrote itself. A picture that is given a caption has this shape.",
    "A text goes in, and only what is said after the last character counts. Judging a review has this shape.",
    "For each character that goes in, its likeliest next one. Such a network is trained in this shape: each guess is held "
    "against what really comes.",
    "First it reads, then it writes, and the two lengths need not agree. Translation has this shape; this network is no "
    "translator, it simply writes on.",
)
for row in (0, 2):
    for k, column in enumerate(lesson.columns(1, 1), row):
        with column:
            use = used[shapes.SHAPES[k]]
            said = [one for one in use.steps if one.output is not None]
            lesson.chart(
                figures.unrolled_shape(use.reading.trace.h, use.steps),
                f"shape-{k}",
                caption=f"{shapes.SHAPES[k].capitalize()}: {len(use.given)} in, {len(said)} out",
                alt=f"Inputs: {' '.join(map(token_label, use.given))}. Outputs: {' '.join(one.output for one in said)}.",
            )
            lesson.say(explained[k])

trained, random = (influence.influence(weights, 0, config.passage, config.instead) for weights in ("trained", "random"))
length, tokens = len(config.passage), [token_label(c) for c in config.passage]
lesson.section(
    "How long does an input stay visible?",
    f"Change one character of the text into {quoted(config.instead)} (into another where that stands already), and read both "
    "versions. How far are the two states apart, "
    "$\\lVert h_t - h'_t \\rVert_2$, a few characters later? On the left trained networks, on the right the same cells with "
    "random weights, on one logarithmic axis: a straight line down means that the same share is lost at each step.",
)
places = [k + 1 for k in trained.changed]
start = places[len(places) // 6]
for column, weights, measured in zip(lesson.columns(1, 1), ("trained", "random"), (trained, random), strict=True):
    with column:
        lesson.chart(
            figures.influence_decay(
                {name: values[places.index(start)] for name, values in measured.distance.items()},
                tokens,
                changed=start - 1,
                rounding=influence.ROUNDING,
            ),
            f"influence-{weights}",
            caption=f"{weights.capitalize()} weights: what one changed character leaves behind",
            alt="; ".join(f"{row.name}: × {row.rate:.3f} a step" for row in measured.rates.itertuples(index=False)),
            sweep=Sweep(
                "change",
                label="Change character",
                values=places,
                start=start,
                frames=influence_frames(measured.distance, trained.changed),
                unit=f"of {length}",
                slider=weights == "trained",
            ),
        )
rates = {weights: dict(measured.rates.to_numpy()) for weights, measured in (("trained", trained), ("random", random))}


def rate(value: float) -> str:
    return "too short to say" if math.isnan(value) else f"× {value:.3f}"


def tenth(value: float) -> str:
    return f"{math.log(0.1) / math.log(value):.1f} steps" if 0 < value < 1 else "–"


lesson.say(
    "| | trained, per step | a tenth is left after | random, per step | a tenth is left after |\n|---|--:|--:|--:|--:|\n"
    + "\n".join(
        f"| {name} | {rate(rates['trained'][name])} | {tenth(rates['trained'][name])} "
        f"| {rate(rates['random'][name])} | {tenth(rates['random'][name])} |"
        for name in rates["trained"]
    )
    + f"\n\nMeasured on this text: one slope through the logarithms of {counted(len(places), 'change')} (least "
    f"squares, down to {influence.TRUSTED:.0e}; what lies lower is rounding). Another text gives other numbers."
)
longest = max(rates["trained"], key=lambda name: rates["trained"][name])
lesson.say(
    (
        f"What is kept longest here is **{longest}**, which loses {1 - rates['trained'][longest]:.1%} a step. "
        if 0 < rates["trained"][longest] < 1
        else ""
    )
    + "Where the trained LSTM's $h$ falls and rises again, its $c$ has held the difference all along: $h$ is only what the cell shows "
    "of it. No later output can depend on what has faded from all of the state. This will matter for learning, too: for small changes, how "
    "fast an input fades on the way forward and how fast a gradient fades on the way back are one product of matrices, "
    "taken from its two ends."
)
lesson.download(trained.table, "influence-trained", label="All distances of the trained networks (CSV)")

lesson.section("Check yourself")
size = len(comparison.vocabulary)
lesson.check_number(
    f"Your two sentences have {counted(size, 'different word')}. How many numbers does a window of {config.window + 1} words hold?",
    answer=(config.window + 1) * size,
    tolerance=0,
    decimals=0,
    explain=f"{config.window + 1} places with {size} numbers each.",
)
if len(one) > 1:
    exchanged = sequences.compared(one, sequences.swapped(one), config.window, config.units, config.draw)
    answer = sequences.named(exchanged.apart())
    options = list(dict.fromkeys([*options, "The window and the recurrent state", answer]))
    lesson.check_choice(
        "You exchange the first two words of sentence A. Which states are no longer the same after its last word?",
        options,
        name="exchanged",
        answer=options.index(answer),
        explain="Computed: "
        + ", ".join(f"{titles[kind]}: {sequences.size(exchanged.distance[kind][-1])}" for kind in sequences.KINDS)
        + ".",
    )
factor = rates["trained"]["LSTM, h"]
if 0 < factor < 1:
    lesson.check_number(
        f"The trained LSTM's hidden state keeps ${decimal(factor)}$ of a difference at each step, on average. What is left of a "
        "difference of 1 after 10 steps?",
        name="kept",
        answer=factor**10,
        tolerance=max(0.005, 0.05 * factor**10),
        explain=f"${decimal(factor)}^{{10}}$: ten steps, so the factor is multiplied in ten times.",
    )
else:
    time, unit = len(one) - 1, comparison.unit
    inside = comparison.traces["Elman"][0]["h_pre"][time, unit]
    lesson.check_number(
        f"In Elman's formula, what stands in the brackets for unit {unit} after the last word of A is ${decimal(inside)}$. "
        "What is $h_t$?",
        name="brackets",
        answer=math.tanh(inside),
        tolerance=0.005,
        explain="It is the $\\tanh$ of it.",
    )

lesson.section(
    "The same in PyTorch",
    "Your two sentences, a sum, and `nn.RNN` with the very weights of this page: the distances are those of the picture.",
)
lesson.pytorch("sequences", one=" ".join(one), two=" ".join(two), units=config.units, seed=config.draw)

lesson.further(
    [
        "Z. S. Harris, *Distributional Structure*, Word 10 (1954): where the bag of words gets its name.",
        "J. L. Elman, *Finding Structure in Time*, Cognitive Science 14 (1990): the recurrent state of this page.",
        "T. J. Sejnowski and C. R. Rosenberg, *Parallel Networks that Learn to Pronounce English Text*, Complex Systems 1 "
        "(1987): a window of seven letters.",
        "Y. Bengio, R. Ducharme, P. Vincent and C. Jauvin, *A Neural Probabilistic Language Model*, JMLR 3 (2003): a window of "
        "words.",
        "A. Graves, *Supervised Sequence Labelling with Recurrent Neural Networks* (2012): inputs and outputs of many shapes.",
        "A. Karpathy, *The Unreasonable Effectiveness of Recurrent Neural Networks* (2015): one to many, many to one, many to many.",
        "G. Fant, *Acoustic Theory of Speech Production* (1960); G. E. Peterson and H. L. Barney, *Control Methods Used in a "
        "Study of the Vowels* (1952): how the voice of this page was made.",
    ]
)
