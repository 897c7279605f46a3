import copy
import inspect
import subprocess
import sys

import pytest
import torch
from pydantic import ValidationError

import ganzoo_optimizers
from ganzoo.plugin import OptimizerSpec
from ganzoo.testing.rules import Rules, check_described
from ganzoo_optimizers.adam import AdamConfig
from ganzoo_optimizers.fused import can_fuse
from ganzoo_optimizers.sgd import SGDConfig

SPECS = {spec.name: spec for spec in ganzoo_optimizers.ganzoo_optimizers()}
CASES = [
    ("adam", {}),
    ("adam", {"betas": [0.0, 0.99], "weight_decay": 0.1}),
    ("adamw", {"weight_decay": 0.1}),
    ("sgd", {}),
    ("sgd", {"momentum": 0.5, "nesterov": True}),
    ("rmsprop", {"momentum": 0.5}),
]


def quadratic(optimizer: torch.optim.Optimizer, weights: torch.nn.Parameter, steps: int) -> float:
    for _ in range(steps):
        optimizer.zero_grad()
        (weights**2).sum().backward()
        optimizer.step()
    return (weights.detach() ** 2).sum().item()


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_optimiser_is_described_and_loads_without_torch(spec: OptimizerSpec) -> None:
    check_described(Rules(spec), spec)


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_every_optimiser_goes_downhill(name: str, settings: dict[str, object]) -> None:
    weights = torch.nn.Parameter(torch.ones(5))
    spec = SPECS[name]
    optimizer = spec.build(spec.config(**settings), [weights], 0.01)
    assert quadratic(optimizer, weights, 30) < 5 * 0.8


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_the_rate_given_at_the_start_counts_and_not_the_scheduled_one(name: str, settings: dict[str, object]) -> None:
    spec = SPECS[name]
    schedule = {"start": 1.0, "end": 0.0, "until_kimg": 1.0}
    config = spec.config(learning_rate=schedule, **settings)
    optimizer = spec.build(config, [torch.nn.Parameter(torch.ones(2))], 0.25)
    assert [group["lr"] for group in optimizer.param_groups] == [0.25]


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_an_optimiser_goes_on_bit_for_bit_from_its_saved_state(name: str, settings: dict[str, object]) -> None:
    spec = SPECS[name]

    def fresh(values: torch.Tensor) -> tuple[torch.optim.Optimizer, torch.nn.Parameter]:
        weights = torch.nn.Parameter(values.clone())
        return spec.build(spec.config(**settings), [weights], 0.05), weights

    optimizer, weights = fresh(torch.linspace(-1, 1, 7))
    quadratic(optimizer, weights, 4)
    resumed, copied = fresh(weights.detach())
    resumed.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    quadratic(optimizer, weights, 4)
    quadratic(resumed, copied, 4)
    assert torch.equal(weights, copied)


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd"])
def test_the_fused_kernel_is_used_where_torch_has_one(name: str) -> None:
    spec = SPECS[name]
    optimizer = spec.build(spec.config(), [torch.nn.Parameter(torch.ones(2))], 0.1)
    assert optimizer.param_groups[0]["fused"] is True


def test_parameters_on_a_device_without_fused_kernels_are_not_fused() -> None:
    assert not can_fuse([torch.nn.Parameter(torch.ones(2, device="meta"))])


def test_adams_first_step_is_the_learning_rate_whatever_the_gradient() -> None:
    for scale in (1e-3, 1e3):
        weights = torch.nn.Parameter(torch.zeros(3))
        weights.grad = torch.tensor([1.0, -2.0, 3.0]) * scale
        SPECS["adam"].build(AdamConfig(betas=(0.0, 0.99)), [weights], 0.01).step()
        assert weights.tolist() == pytest.approx([-0.01, 0.01, -0.01], rel=1e-3)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("adam", {"betas": [0.5, 1.0]}),
        ("adam", {"betas": [-0.1, 0.9]}),
        ("adam", {"betas": [0.5]}),
        ("adamw", {"eps": 0}),
        ("adamw", {"weight_decay": -1}),
        ("sgd", {"momentum": 1}),
        ("rmsprop", {"alpha": 1}),
        ("rmsprop", {"beta": 0.5}),
    ],
)
def test_settings_out_of_range_are_refused(name: str, settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SPECS[name].config(**settings)


def test_nesterov_without_momentum_says_what_it_needs() -> None:
    with pytest.raises(ValidationError, match="nesterov needs a momentum above 0"):
        SGDConfig(nesterov=True)


def test_adam_is_the_default_optimiser() -> None:
    assert [name for name, spec in SPECS.items() if spec.default] == ["adam"]


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_without_torchs_compiler_the_steps_are_torchs_own(name: str, settings: dict[str, object]) -> None:
    spec = SPECS[name]
    weights, theirs = (torch.nn.Parameter(torch.linspace(-1, 1, 7)) for _ in range(2))
    optimizer = spec.build(spec.config(**settings), [weights], 0.01)
    kind = getattr(torch.optim, type(optimizer).__name__)
    given = inspect.signature(kind).parameters.keys() & optimizer.defaults
    torchs = kind([theirs], **{name: optimizer.defaults[name] for name in given})
    assert type(torchs) is not type(optimizer)
    quadratic(optimizer, weights, 5), quadratic(torchs, theirs, 5)
    assert torch.equal(weights, theirs)
    assert weights.requires_grad


def test_no_step_loads_torchs_compiler() -> None:
    code = """
import sys, torch, ganzoo_optimizers
for spec in ganzoo_optimizers.ganzoo_optimizers():
    weights = torch.nn.Parameter(torch.ones(3))
    optimizer = spec.build(spec.config(), [weights], 0.1)
    weights.sum().backward()
    optimizer.step(), optimizer.zero_grad(), optimizer.load_state_dict(optimizer.state_dict())
sys.exit("torch._dynamo" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_hooks_and_closures_of_a_step_are_called_as_torch_calls_them() -> None:
    weights, heard = torch.nn.Parameter(torch.ones(3)), []
    optimizer = SPECS["adam"].build(AdamConfig(), [weights], 0.1)
    optimizer.register_step_pre_hook(lambda *_: heard.append("before"))
    optimizer.register_step_post_hook(lambda *_: heard.append("after"))

    def closure() -> torch.Tensor:
        heard.append("closure")
        loss = weights.square().sum()
        loss.backward()
        return loss

    assert optimizer.step(closure) == 3
    assert heard == ["before", "closure", "after"]
