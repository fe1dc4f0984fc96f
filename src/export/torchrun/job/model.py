"""FINAL (Zhu et al., SIGIR 2023) and the branches that may stand beside it.

b rows of this process, B rows of the whole batch, F fields, D embedding size, K order of a unit. Weights are [in, out].
Names are the studio's with dots: branch0.unit0.weight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from config import Branch, Config, Unit
from processes import sum_over_processes
from rng import hash32, mix32

BATCH_NORM_EPSILON = 1e-5
BATCH_NORM_MOMENTUM = 0.9  # share of the old running value that stays
EMBEDDINGS = 0xE3  # names the random numbers that drop embeddings

FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "linear": lambda x: x,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


@dataclass(frozen=True)
class Place:
    """Where this process's rows lie in the batch, and the training step (1 for the first); no step in evaluation."""

    first: int
    total: int
    step: int | None


@dataclass
class Output:
    branch_logits: Tensor  # [b, branches]
    fused_logits: Tensor  # [b]
    fusion_weights: Tensor  # [b, branches]


def kept(shape: torch.Size, probability: float, key: int, place: Place, device: torch.device) -> Tensor:
    """0 where dropout drops, 1/(1 - p) elsewhere. A hash of the place in the whole batch decides."""
    rows, width = shape
    index = torch.arange(place.first * width, (place.first + rows) * width, device=device) & 0xFFFFFFFF
    survives = mix32(index ^ key) >= int(probability * 2**32)
    return survives.reshape(shape) / (1 - probability)


class Dense(nn.Module):
    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(width, out))
        self.bias = nn.Parameter(torch.zeros(out))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight + self.bias


class FactorisedUnit(Dense):
    """z = x W + b, cut into K blocks z_k that multiply one another; then batch norm, activation, dropout."""

    mean: Tensor
    variance: Tensor

    def __init__(self, width: int, unit: Unit, stream: tuple[int, ...]) -> None:
        super().__init__(width, unit.projection_width * unit.order)
        self.unit = unit
        self.stream = stream  # (seed, branch, unit): names the random numbers of its dropout
        if unit.batchNorm:
            self.gamma = nn.Parameter(torch.ones(unit.size))
            self.beta = nn.Parameter(torch.zeros(unit.size))
            self.register_buffer("mean", torch.zeros(unit.size))
            self.register_buffer("variance", torch.ones(unit.size))

    def forward(self, x: Tensor, place: Place) -> Tensor:  # type: ignore[override]
        z = x @ self.weight + (self.bias.detach() if self.unit.bias_cancels else self.bias)
        y = self.interact(z.split(self.unit.projection_width, dim=1))
        if self.unit.batchNorm:
            y = self.normalise(y, place)
        y = FUNCTIONS[self.unit.activation](y)
        if self.unit.dropout > 0 and place.step is not None:
            seed, branch, number = self.stream
            key = hash32(seed, place.step, branch, number)
            y = y * kept(y.shape, self.unit.dropout, key, place, y.device).to(y.dtype)
        return y

    def interact(self, z: tuple[Tensor, ...]) -> Tensor:
        """cascade: y <- y + y * gate(z_k); sum and concat: h_k = h_{k-1} * gate(z_k), added up or side by side."""
        h = [z[0]]
        for projection in z[1:]:
            gated = h[-1] * FUNCTIONS[self.unit.gate](projection)
            h.append(h[-1] + gated if self.unit.interaction == "cascade" else gated)
        if self.unit.interaction == "cascade":
            return h[-1]
        return torch.stack(h).sum(0) if self.unit.interaction == "sum" else torch.cat(h, dim=1)

    def normalise(self, y: Tensor, place: Place) -> Tensor:
        """Batch norm over the rows of all processes; the running variance is the unbiased one."""
        if place.step is None:
            mean, variance = self.mean, self.variance
        else:
            mean = sum_over_processes(y.sum(0)) / place.total
            variance = sum_over_processes((y - mean).square().sum(0)) / place.total
            with torch.no_grad():
                self.mean.lerp_(mean, 1 - BATCH_NORM_MOMENTUM)
                if place.total > 1:  # a single row has no variance
                    self.variance.lerp_(variance * place.total / (place.total - 1), 1 - BATCH_NORM_MOMENTUM)
        return (y - mean) * torch.rsqrt(variance + BATCH_NORM_EPSILON) * self.gamma + self.beta


class FinalBranch(nn.Module):
    """A stack of units and a head; with feature gating its input is [e, e * (W e + b)] along the fields (FuxiCTR)."""

    def __init__(self, branch: Branch, fields: int, dim: int, stream: tuple[int, int]) -> None:
        super().__init__()
        self.gating = Dense(fields, fields) if branch.featureGating else None
        width = fields * dim * (2 if branch.featureGating else 1)
        self.units: list[FactorisedUnit] = []
        for u, unit in enumerate(branch.units):
            self.units.append(FactorisedUnit(width, unit, (*stream, u)))
            self.add_module(f"unit{u}", self.units[-1])
            width = unit.size
        self.head = Dense(width, 1)

    def forward(self, e: Tensor, wide: Tensor | None, place: Place) -> Tensor:
        h = e
        if self.gating is not None:
            h = torch.cat([e, e * self.gating(e.transpose(1, 2)).transpose(1, 2)], dim=1)
        h = h.flatten(1)
        for unit in self.units:
            h = unit(h, place)
        return self.head(h)[:, 0]


class CrossBranch(nn.Module):
    """DCN-v2's cross layers (Wang et al. 2021): x_{l+1} = x_0 * (x_l W_l + b_l) + x_l, and a head."""

    def __init__(self, layers: int, width: int) -> None:
        super().__init__()
        self.layers = [Dense(width, width) for _ in range(layers)]
        for number, layer in enumerate(self.layers):
            self.add_module(f"cross{number}", layer)
        self.head = Dense(width, 1)

    def forward(self, e: Tensor, wide: Tensor | None, place: Place) -> Tensor:
        x = h = e.flatten(1)
        for layer in self.layers:
            h = x * layer(h) + h
        return self.head(h)[:, 0]


class Bias(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1))


class WideBranch(nn.Module):
    """Logistic regression, its weights a column of the table; fm: and the inner product of each pair of fields."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.pairs = kind == "fm"
        self.linear = Bias()

    def forward(self, e: Tensor, wide: Tensor | None, place: Place) -> Tensor:
        assert wide is not None
        logit = wide + self.linear.bias
        if not self.pairs:
            return logit
        return logit + 0.5 * (e.sum(1).square() - e.square().sum(1)).sum(1)


class Final(nn.Module):
    """The model without its table: weighted rows of the table in, a logit of each branch and the fused one out."""

    def __init__(self, config: Config, fields: int) -> None:
        super().__init__()
        self.config = config
        self.branches: list[nn.Module] = []
        for b, branch in enumerate(config.branches):
            if branch.wide:
                module: nn.Module = WideBranch(branch.kind)
            elif branch.kind == "cross":
                module = CrossBranch(branch.layers, fields * config.embeddingDim)
            else:
                module = FinalBranch(branch, fields, config.embeddingDim, (config.seed, b))
            self.branches.append(module)
            self.add_module(f"branch{b}", module)
        gated = config.fusion == "gate"
        self.fusion = Dense(fields * config.embeddingDim, len(config.branches)) if gated else None

    @property
    def table_columns(self) -> dict[str, slice]:
        """The columns of the table by the studio's names: embeddings, then the weights of each wide branch."""
        dim = self.config.embeddingDim
        columns = {"embedding": slice(0, dim)}
        for b, branch in enumerate(self.config.branches):
            if branch.wide:
                at = dim + len(columns) - 1
                columns[f"branch{b}/linear/weight"] = slice(at, at + 1)
        return columns

    def tensor_names(self) -> list[str]:
        """All that is trained, the table's columns too, in the studio's order."""
        names = ["embedding"]
        for b, (branch, module) in enumerate(zip(self.config.branches, self.branches, strict=True)):
            names += [f"branch{b}/linear/weight"] if branch.wide else []
            names += [f"branch{b}/{name.replace('.', '/')}" for name, _ in module.named_parameters()]
        return names + (["fusion/weight", "fusion/bias"] if self.fusion is not None else [])

    def forward(self, rows: Tensor, weights: Tensor, place: Place) -> Output:
        """rows: those of the table, [b, F, D and a column for each wide branch]; weights: [b, F]."""
        dim = self.config.embeddingDim
        probability = self.config.embeddingDropout
        if probability > 0 and place.step is not None:
            key = hash32(self.config.seed, place.step, EMBEDDINGS)
            weights = weights * kept(weights.shape, probability, key, place, weights.device).to(weights.dtype)
        weighted = rows * weights[:, :, None]
        e, wide = weighted[..., :dim], weighted[..., dim:].sum(1)
        columns = self.table_columns
        logits = []
        for b, branch in enumerate(self.branches):
            column = columns.get(f"branch{b}/linear/weight")
            logits.append(branch(e, None if column is None else wide[:, column.start - dim], place))
        branch_logits = torch.stack(logits, dim=1)
        if self.fusion is not None:
            fusion_weights = torch.softmax(self.fusion(e.flatten(1)), dim=1)
        else:
            equal = 1.0 if self.config.fusion == "sum" else 1 / len(self.branches)
            fusion_weights = torch.full_like(branch_logits, equal)
        return Output(branch_logits, (branch_logits * fusion_weights).sum(1), fusion_weights)


def losses(output: Output, labels: Tensor, total: int) -> Tensor:
    """[fused, weighted branches, teacher's entropy, each branch, each distillation]: this process's part of the means.

    The sum over processes is a mean over the batch's `total` rows.
    """
    fused, branch = output.fused_logits, output.branch_logits
    teacher = torch.sigmoid(fused).detach()
    bce = F.binary_cross_entropy_with_logits
    clicks = bce(branch, labels[:, None].expand_as(branch), reduction="none")
    distillation = bce(branch, teacher[:, None].expand_as(branch), reduction="none")
    single = [
        bce(fused, labels, reduction="sum"),
        (clicks * output.fusion_weights).sum(),
        bce(fused, teacher, reduction="sum"),
    ]
    return torch.cat([torch.stack(single), clicks.sum(0), distillation.sum(0)]) / total


def objective(config: Config, parts: Tensor) -> Tensor:
    """What is minimised, without L2: labels teach the fused output, which teaches each of several branches."""
    branches = len(config.branches)
    taught = parts[3 + branches :].sum() * config.distillationWeight if branches > 1 else 0
    return parts[0] + taught
