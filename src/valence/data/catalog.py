"""The data sets that Valence knows by name: addresses, checksums, licence, citation and expected content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from valence.system.errors import DataError


@dataclass(frozen=True)
class File:
    """One published file: its official address, and the SHA-256 of its content.

    Without one, the data set is checked by what is read from it: see `Entry.checksum`.
    """

    url: str
    sha256: str


@dataclass(frozen=True)
class Entry:
    """One catalogued data set.

    Attributes:
        files: an archive, or the files that the data set consists of. A local copy may be repacked, so it is checked by
            `rows` instead of the checksums.
        rows: split -> number of rows in the complete data set.
        usual_names: of a local copy, as a file or folder inside another folder.
        hub_id: the same data set on the Hugging Face Hub, for a model card's metadata.
        checksum: of the complete rows, where no checksum of the archive is known.
    """

    name: str
    title: str
    files: tuple[File, ...]
    size_mb: int
    licence: str
    citation: str
    rows: Mapping[str, int]
    usual_names: tuple[str, ...] = ()
    hub_id: str = ""
    checksum: str = ""

    @property
    def address(self) -> str:
        """Where the data set comes from: the archive, or the folder of its files."""
        url = self.files[0].url
        return url if len(self.files) == 1 else url.rpartition("/")[0]


_COGCOMP = "https://cogcomp.seas.upenn.edu/Data/QA/QC"
_AG_NEWS = "https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/master/data/ag_news_csv"

CATALOG: Mapping[str, Entry] = {
    "imdb": Entry(
        name="imdb",
        title="Large Movie Review Dataset (IMDb)",
        files=(
            File(
                "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
                "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
            ),
        ),
        size_mb=84,
        licence="for research, as published by its authors; the reviews belong to their writers",
        citation="Maas et al. 2011, Learning Word Vectors for Sentiment Analysis, ACL",
        rows={"train": 25_000, "test": 25_000, "unlabelled": 50_000},
        usual_names=("aclImdb", "aclImdb_v1.tar.gz", "aclImdb.tar.gz"),
        hub_id="stanfordnlp/imdb",
    ),
    "sst2": Entry(
        name="sst2",
        title="Stanford Sentiment Treebank, two classes (GLUE's SST-2)",
        files=(
            File(
                "https://dl.fbaipublicfiles.com/glue/data/SST-2.zip",
                "d67e16fb55739c1b32cdce9877596db1c127dc322d93c082281f64057c16deaa",
            ),
        ),
        size_mb=8,
        licence="for research, as published by its authors (GLUE)",
        citation="Socher et al. 2013, Recursive Deep Models for Semantic Compositionality; Wang et al. 2019, GLUE",
        rows={"train": 67_349, "test": 872},
        usual_names=("SST-2", "SST-2.zip"),
        hub_id="stanfordnlp/sst2",
    ),
    "sst": Entry(
        name="sst",
        title="Stanford Sentiment Treebank, three classes, with every phrase",
        files=(File("https://nlp.stanford.edu/sentiment/trainDevTestTrees_PTB.zip", ""),),
        size_mb=1,
        licence="for research, as published by its authors, who name no licence",
        citation="Socher et al. 2013, Recursive Deep Models for Semantic Compositionality, EMNLP",
        rows={"train": 156_817, "test": 2_210},
        usual_names=("trees", "trainDevTestTrees_PTB.zip", "sst/trainDevTestTrees_PTB.zip"),
        hub_id="stanfordnlp/sst",
        checksum="c933ab5fe1a962048aa4dcd0329b3fbcfd38ca4cdafe9a04fe91f996e535e6d6",
    ),
    "trec": Entry(
        name="trec",
        title="TREC questions, by what their answer is (six types)",
        files=(
            File(f"{_COGCOMP}/train_5500.label", "9e4c8bdcaffb96ed61041bd64b564183d52793a8e91d84fc3a8646885f466ec3"),
            File(f"{_COGCOMP}/TREC_10.label", "033f22c028c2bbba9ca682f68ffe204dc1aa6e1cf35dd6207f2d4ca67f0d0e8e"),
        ),
        size_mb=1,
        licence="for research, as published by its authors, who name no licence",
        citation="Li and Roth 2002, Learning Question Classifiers, COLING",
        rows={"train": 5_452, "test": 500},
        hub_id="CogComp/trec",
    ),
    "subj": Entry(
        name="subj",
        title="Subjectivity data set: opinions and plots of films",
        files=(
            File(
                "https://raw.githubusercontent.com/nltk/nltk_data/gh-pages/packages/corpora/subjectivity.zip",
                "741f3371e1a4375051b874fd82fd55857b90975473c91c19a3101cbe17fc4d8c",
            ),
        ),
        size_mb=1,
        licence="CC BY 4.0, as NLTK publishes it for its authors",
        citation="Pang and Lee 2004, A Sentimental Education, ACL",
        rows={"train": 8_000, "test": 2_000},
        usual_names=("subjectivity", "subjectivity.zip"),
        hub_id="SetFit/subj",
    ),
    "ag-news": Entry(
        name="ag-news",
        title="AG's news, four topics",
        files=(
            File(f"{_AG_NEWS}/train.csv", "76a0a2d2f92b286371fe4d4044640910a04a803fdd2538e0f3f29a5c6f6b672e"),
            File(f"{_AG_NEWS}/test.csv", "521465c2428ed7f02f8d6db6ffdd4b5447c1c701962353eb2c40d548c3c85699"),
            File(f"{_AG_NEWS}/classes.txt", "612dbfa932f07a6ed837295a7d5746ce7412e7bb4bc32ba919fdb3cda3a1b9b5"),
        ),
        size_mb=31,
        licence="for research and other non-commercial use, as published by its authors",
        citation="Zhang, Zhao and LeCun 2015, Character-level Convolutional Networks for Text Classification, NIPS",
        rows={"train": 120_000, "test": 7_600},
        usual_names=("ag_news_csv",),
        hub_id="fancyzhx/ag_news",
    ),
}


def entry(name: str) -> Entry:
    """The entry of that name. Raises DataError that lists the known names."""
    if name not in CATALOG:
        raise DataError(
            f"There is no data set called {name!r}.",
            hint=f"Known by name: {', '.join(CATALOG)}.",
            code="data-unknown",
        )
    return CATALOG[name]
