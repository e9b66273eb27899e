import subprocess
import sys

import numpy as np
import pytest

from rnnviz.training import weights

TENSORS = {"weight": np.arange(6, dtype=np.float32).reshape(2, 3), "bias": np.ones(2)}
METADATA = {key: f"{key} “é” \\ \n" for key in "qwertyuiop"}


def test_loading_gives_back_what_was_saved(tmp_path):
    weights.save(tmp_path / "new" / "model.safetensors", TENSORS, METADATA)
    tensors, metadata = weights.load(tmp_path / "new" / "model.safetensors")
    assert metadata == METADATA
    assert tensors.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert tensors[name].dtype == tensor.dtype
        np.testing.assert_array_equal(tensors[name], tensor)


def test_a_transposed_view_keeps_its_values(tmp_path):
    weights.save(tmp_path / "model.safetensors", {"weight": TENSORS["weight"].T}, {})
    np.testing.assert_array_equal(weights.load(tmp_path / "model.safetensors")[0]["weight"], TENSORS["weight"].T)


def test_the_same_content_gives_the_same_bytes(tmp_path):
    files = set()
    for order in (sorted(METADATA), sorted(METADATA, reverse=True)):
        for _ in range(3):
            weights.save(tmp_path / "model.safetensors", TENSORS, {key: METADATA[key] for key in order})
            files.add((tmp_path / "model.safetensors").read_bytes())
    assert len(files) == 1


def test_a_file_without_metadata_has_none(tmp_path):
    from safetensors.numpy import save_file

    save_file(TENSORS, tmp_path / "model.safetensors")
    assert weights.load(tmp_path / "model.safetensors")[1] == {}


def test_a_missing_file_is_refused_by_name(tmp_path):
    for path in (tmp_path / "nowhere.safetensors", tmp_path):
        with pytest.raises(ValueError, match=path.name):
            weights.load(path)


@pytest.mark.parametrize("content", [b"", b"short", b"\x80\x02}q\x00." * 20, b"\xff" * 64])
def test_what_is_not_safetensors_is_refused_by_name(tmp_path, content):
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(ValueError, match="model.safetensors.*safetensors"):
        weights.load(tmp_path / "model.safetensors")


def test_a_cut_file_is_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    weights.save(path, TENSORS, METADATA)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="safetensors"):
        weights.load(path)


def test_numbers_that_numpy_lacks_are_refused(tmp_path):
    import torch
    from safetensors.torch import save_file

    save_file({"weight": torch.ones(2, dtype=torch.bfloat16)}, tmp_path / "model.safetensors")
    with pytest.raises(ValueError, match="model.safetensors"):
        weights.load(tmp_path / "model.safetensors")


@pytest.mark.parametrize("module", ["rnnviz.training", "rnnviz.training.weights", "rnnviz.training.language_model"])
def test_importing_does_not_import_torch(module):
    seen = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print('torch' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.strip() == "False"
