"""The four journeys of docs/architecture.md, as data: change a step here when its function moves or is renamed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A function on the way.

    Attributes:
        where: `module:name`, the module by the end of its path, or nothing before the colon if the name is unique. A
            C file is named with its ending.
        what: what the function does and what it passes on, in a phrase.
        after: the step that calls it, if that is not the one before; named like `where`.
        by: what the caller's source calls it, if that is not its own name.
        seam: the function that connects the two where neither names the other, such as one that registers a view.
        command: it is a command that the user gives next.
    """

    where: str
    what: str
    after: str = ""
    by: str = ""
    seam: str = ""
    command: bool = False

    @property
    def called(self) -> str:
        """The identifier that the caller's or the seam's source must have."""
        return self.by or self.where.partition(":")[2].rpartition(".")[2]


@dataclass(frozen=True)
class Journey:
    """A road through the code."""

    title: str
    command: str
    steps: tuple[Step, ...]


JOURNEYS = (
    Journey(
        "From a CSV to a head",
        "`valence transfer --from bundled --data comments.csv --out models/mine`",
        (
            Step("cli.transfer:transfer", "reads the options", command=True),
            Step("sources:DataRequest.load", "decides what `--data` names and returns a `Dataset`", by="load"),
            Step("sources:DataRequest._from_file", "reads a file of your own; holds out a test set if it has none"),
            Step("labelled_file:read", "parses the file, chooses the text and label columns, checks every label"),
            Step(
                "training.transfer:transfer",
                "runs stage 2 from here on",
                after="cli.transfer:transfer",
            ),
            Step("training.run:begin", "starts the clock; cuts a validation set from the training rows"),
            Step(
                "body_source:open_body",
                "opens the model folder `--from` and returns its `FrozenBody`",
                after="training.transfer:transfer",
            ),
            Step("body_source:_exported_body", "chooses the engine for a body that is exported"),
            Step("body_source:_read_by_engine", "reads the texts in chunks and caches the features"),
            Step("engine:Engine.features", "tokens, windows, encoder, pooling: an array of shape (texts, width)"),
            Step(
                "head_on_body:head_on_body",
                "reads the texts with each readout that is tried",
                after="training.transfer:transfer",
            ),
            Step(
                "fitting.choice:HeadChooser.choose",
                "holds the solver to one thread where more would wait for each other",
            ),
            Step(
                "fitting.choice:HeadChooser._choose",
                "chooses what the head reads on held-out rows; fits it on all rows",
            ),
            Step(
                "fitting.blocks:path",
                "says which penalties are tried for a readout, or for n-grams, and on which folds",
            ),
            Step("fitting.blocks:_Search.along", "tries one after the other, until the loss gets worse"),
            Step("fitting.blocks:_Search._fitted", "names the fold"),
            Step("fitting.blocks:Problem.fit", "takes a fold's rows, or all of them"),
            Step("fitting.linear:fit_layer", "one penalised logistic regression: its loss, slope and curvature"),
            Step("fitting.lbfgs:minimise", "finds where the loss is lowest"),
            Step(
                "training.run:Run.measure",
                "tests the head on the reserved rows and returns a `Result`",
                after="training.transfer:transfer",
            ),
            Step("training.run:Run.finish", "collects what the folder will hold", after="training.transfer:transfer"),
            Step(
                "saving:save",
                "writes body, head, results, report and card under a temporary name, then renames the folder",
            ),
        ),
    ),
    Journey(
        "From a request to its score",
        "`POST /api/v1/predict`",
        (
            Step(
                "connection:Connection.data_received",
                "passes bytes from the socket to uvicorn's h11 parser; keeps time",
            ),
            Step(
                "bridge:Bridge.__call__",
                "checks the head of the request and whether there is room for another call",
                by="bridge",
                seam=":Serving.__init__",
            ),
            Step("bridge:Bridge._answer", "collects the body, within its limits of bytes and time"),
            Step("bridge:Bridge._call_application", "hands the whole request to a thread, in which Flask answers"),
            Step(
                "api.predict:predict",
                "the view: a parsed `PredictRequest` in, a `PredictResponse` out",
                seam="server.app:BLUEPRINTS",
            ),
            Step(
                "contract:operation",
                "wraps the view: checks the key and the rate limit, parses and validates the JSON",
            ),
            Step(
                "scoring:predict",
                "finds the model; returns the response",
                after="api.predict:predict",
            ),
            Step("registry:Registry.model", "looks the model up by name"),
            Step(
                "classifiers.scoring:_answers",
                "asks one model, or several that share a pass, and puts their answers into the response's form",
                after="scoring:predict",
            ),
            Step("classifiers.scoring:_Posts.scored", "cleans forum posts; scores the texts that have words"),
            Step("batching:Batcher.score", "asks for the answers of one head", by="score"),
            Step(
                "batching:Batcher.score_with",
                "answers for one head, or several, with one pass through the body",
            ),
            Step("inference.scoring:answers_of", "tokenises each text, and with `explain` each text without each word"),
            Step(
                "windows:TextReader.read",
                "one text as token ids, cut into windows",
                by="read",
                seam="inference.scoring:_read",
            ),
            Step(
                "batching:Batcher._computing",
                "admits the call or refuses it at once; waits for the features",
                after="batching:Batcher.score_with",
            ),
            Step(
                "window_queue:WindowQueue.append",
                "puts the windows into the queue; a batch at once if the engine has room",
            ),
            Step(
                "batching:Batcher._work",
                "without room, a worker thread: takes a batch of windows of similar length from any calls",
                seam="batching:Batcher.__init__",
            ),
            Step(
                "batching:Batcher._compute", "computes a batch, in a worker or in the calling thread; answers its calls"
            ),
            Step("batching:Batcher._run", "runs the batch for the readouts that its calls want"),
            Step("engine:Engine.run", "runs the batch: features of shape (windows, width)"),
            Step(
                "fused.encoder:FusedEncoder.run",
                "calls C with the token ids",
                by="run",
                seam="engine:Engine._run",
            ),
            Step("fused.encoder:FusedEncoder._run", "passes the addresses of the arrays"),
            Step("encoder.c:valence_run", "the encoder itself"),
            Step(
                "inference.scoring:_Request.answer",
                "pools the windows, applies the head, and returns a `Prediction`",
                after="inference.scoring:answers_of",
            ),
        ),
    ),
    Journey(
        "From a row of a file to its line",
        "`valence score comments.csv --out scored.csv`",
        (
            Step("cli.score:score", "reads the options", command=True),
            Step("cli.score:_on_this_machine", "checks the request and opens the engine"),
            Step("bulk.run:score_file", "reads, scores and writes; a stopped run continues here"),
            Step("bulk.request:source_of", "opens the table and finds the text column"),
            Step("tables.opening:opened", "tells the format from the first bytes, and opens the reader for it"),
            Step(
                "bulk.blocks:blocks_of",
                "yields blocks of rows",
                seam="bulk.request:Source.blocks",
            ),
            Step(
                "bulk.run:_scored",
                "scores several blocks at once and returns them in order",
                seam="bulk.run:_Run.through",
            ),
            Step("bulk.scoring:results", "one prediction or error for each text of a block"),
            Step("engine:Engine.answers", "texts to predictions, as above", by="answers", seam="bulk.run:score_file"),
            Step(
                "tables.writers:DelimitedWriter.write",
                "the rows as they were, with the answer added",
                by="write",
                seam="bulk.run:_Run._write",
            ),
            Step(
                "bulk.output:FileOutput.write",
                "appends the lines to a temporary file, and records every two seconds how far it is",
                by="write",
                seam="tables.writers:DelimitedWriter.write_cells",
            ),
            Step(
                "bulk.output:FileOutput.finish", "renames the file into place", by="finish", after="bulk.run:score_file"
            ),
        ),
    ),
    Journey(
        "From a base to an exported body",
        "`valence pretrain --base minilm --data imdb --out models/imdb`, then `valence export --model models/imdb`",
        (
            Step("cli.pretrain:pretrain", "reads the options and loads the data", command=True),
            Step("training.pretrain:pretrain", "runs stage 1; continues an interrupted run with `--resume`"),
            Step("training.pretrain:_prepare", "finds the base and begins the run"),
            Step("encoder.bases:find", "the base's files on this machine, checked against its checksum"),
            Step(
                "encoder.network:from_base",
                "the network in torch, with a new final layer",
                after="training.pretrain:_prepare",
            ),
            Step("trainer:train", "trains all layers, with checkpoints", after="training.pretrain:pretrain"),
            Step(
                "training.pretrain:_finish",
                "tests on the reserved rows, calibrates, and saves the model folder",
                after="training.pretrain:pretrain",
            ),
            Step("cli.export:export", "the second command; reads that folder", command=True),
            Step("to_body:export_body", "compares the network with torch, then writes body.safetensors"),
            Step("families:read_network", "one description of BERT, RoBERTa, MPNet and DistilBERT"),
            Step(
                "to_onnx:check_against_torch",
                "the network in float32 and torch give the same features",
                after="to_body:export_body",
            ),
            Step("to_body:quantized", "the network with int8 weights", after="to_body:export_body"),
            Step("quantize:quantize_rows", "one scale for each output of a linear layer, and for each word"),
            Step(
                "fused.body_file:content_of",
                "a safetensors file that describes the network in its header",
                after="to_body:export_body",
            ),
            Step(
                "export.parity:parity",
                "scores texts with torch and with the engine, and reports the difference",
                after="cli.export:export",
            ),
        ),
    ),
)
