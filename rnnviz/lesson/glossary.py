"""The words of the course, each explained once, in plain sentences."""

TERMS: dict[str, str] = {
    "activation": (
        "The function that a unit's sum is put through, such as tanh or ReLU. Also called nonlinearity, or squash "
        "where it bounds the result."
    ),
    "Adam": (
        "An optimiser that gives each weight a step size of its own, from running means of its gradient and of "
        "the gradient's square."
    ),
    "backpropagation through time (BPTT)": (
        "Backpropagation through the unrolled network: the gradient runs from the last step to the first, and the "
        "shares of all steps are added, since all use the same weights."
    ),
    "bag of words": "A representation that adds up the words of a text and so forgets their order.",
    "batch": "The sequences from which one update learns together; their gradients are averaged.",
    "bias": "A number that is added to a sum before the activation, whatever the input is.",
    "candidate": (
        "What a cell could write into its state at this step: g in an LSTM, n in a GRU. A gate decides how much "
        "of it is written."
    ),
    "cell": (
        "The one piece of network that is used at every time step: it takes an input and the last state, and "
        "makes the next state."
    ),
    "cell state (c)": (
        "The LSTM's memory. It is only scaled by the forget gate and added to, so it can carry a value over many steps."
    ),
    "chance level": "The loss or the metric of someone who knows the task but has not read the sequence.",
    "clipping": (
        "Making a gradient that is too large smaller before the update: by norm the whole keeps its direction, by "
        "value each component is cut by itself."
    ),
    "cross-entropy": (
        "The loss of a guess among several: minus the logarithm of the probability that was given to what came. 0 "
        "for certainty in the right answer."
    ),
    "eigenvalue": (
        "A number by which a matrix stretches one of its own directions, its eigenvectors; a complex one turns as it "
        "stretches. Under repeated multiplication the one that is largest in size rules."
    ),
    "Elman network": (
        "The plain recurrent cell: the new state is an activation of a sum of input and last state (Elman 1990). "
        "PyTorch calls it RNN."
    ),
    "exploding gradient": (
        "A gradient that grows with each step back through time, so that one update can throw away what was learned."
    ),
    "forget bias": (
        "What is added inside the LSTM's forget gate. Set to 1 or more at the start, the gate begins mostly "
        "open (σ(1) = 0.73), and memory begins long."
    ),
    "forget gate (f)": "The LSTM's gate that scales the last cell state: 1 keeps it, 0 forgets it.",
    "gate": (
        "A vector of numbers between 0 (shut) and 1 (open), computed anew at each step, that is multiplied with "
        "something to let a share of it pass."
    ),
    "gradient": (
        "The derivatives of the loss with respect to many numbers at once: how much the loss would change if each "
        "were nudged."
    ),
    "GRU": (
        "Gated recurrent unit (Cho et al. 2014): one state, an update gate and a reset gate; the new state is a "
        "mean of the old one and a candidate, weighted unit by unit."
    ),
    "Hadamard product (⊙)": "The product of two vectors entry by entry.",
    "hidden state (h)": (
        "The numbers that a recurrent network hands from one step to the next, and from which its output is read."
    ),
    "horizon": "How many steps ahead a forecast looks.",
    "input gate (i)": "The LSTM's gate that decides how much of the candidate is written into the cell state.",
    "Jacobian": (
        "The matrix of the derivatives of one vector with respect to another, such as ∂h_t/∂h_{t−1}: how each "
        "unit now depends on each unit before."
    ),
    "learning rate": (
        "What the gradient is multiplied with to make an update. In plain gradient descent (SGD) it is the length of "
        "an update for a gradient of length 1; Adam and RMSprop rescale the gradient first."
    ),
    "logit": (
        "A score before the softmax: any number; a difference of 1 between two logits makes one answer e times as "
        "likely as the other."
    ),
    "loss": "One number for how wrong the network was; training makes it smaller.",
    "LSTM": (
        "Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000): a cell with a "
        "cell state and three gates."
    ),
    "nat": "The unit of information with the natural logarithm: 1 nat is 1.4427 bits.",
    "norm (‖·‖₂)": "The length of a vector: the root of the sum of its squares.",
    "one-hot": "A vector with a single 1 that says which of several things is meant, and 0 elsewhere.",
    "optimiser": "The rule that turns gradients into changes of the weights, such as SGD or Adam.",
    "output gate (o)": "The LSTM's gate that decides how much of the cell state is shown as hidden state.",
    "parameter": "A number that training sets: an entry of a weight matrix or of a bias.",
    "perplexity": (
        "e to the mean cross-entropy in nats: among how many equally likely answers the network was, on average, torn."
    ),
    "reset gate (r)": "The GRU's gate that decides how much of the last state enters the candidate.",
    "saturation": "A unit near the end of its activation, where the slope is almost 0 and hardly any gradient passes.",
    "seed": "The number from which all random choices follow: the same seed gives the same numbers.",
    "softmax": "Turns scores into probabilities: e to each score, divided by the sum of all of them.",
    "spectral norm": "The largest factor by which a matrix can stretch any vector: its largest singular value.",
    "spectral radius (ρ)": (
        "The size of a matrix's largest eigenvalue: by how much, in the long run, each repetition stretches."
    ),
    "teacher forcing": "Feeding the true values in as the next inputs, not the network's own guesses.",
    "time step (t)": "One place in a sequence: one character, word or measurement. All of them use the same cell.",
    "truncation": (
        "Cutting backpropagation through time after some steps: cheaper, but no cause from before the cut is taught."
    ),
    "unit": "One entry of the state, with its own row of weights.",
    "unrolling": (
        "Drawing a recurrent network once for each time step, side by side. Nothing is added: all copies are the "
        "one cell."
    ),
    "update": "One change of all weights, made from the gradient of one batch.",
    "update gate (z)": (
        "The GRU's gate between old and new: z = 1 keeps the old state, z = 0 takes the candidate. Some books "
        "have it the other way round."
    ),
    "vanishing gradient": (
        "A gradient that shrinks with each step back through time, so that early inputs teach the network "
        "hardly anything."
    ),
    "weight": "A number that an input or a state is multiplied with. W_ih multiplies the input, W_hh the last state.",
    "window": "The last few inputs, seen together; what is older is not seen at all.",
}
"""Term -> explanation, from A to Z."""
