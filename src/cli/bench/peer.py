"""FINAL in PyTorch as one would write it for a CPU: what `bench --suite=peers` runs beside the studio.

Usage: python3 peer.py FOLDER. FOLDER holds case.json (configuration, shapes, where each array lies) and arrays.bin (the
initial parameters, and batches). Prints a JSON line when ready, then trains as long as each line of standard input says,
in seconds, and prints the seconds of each step and the losses as a JSON line.
"""

import json
import sys
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as log_loss

FUNCTIONS = {"linear": nn.Identity(), "relu": nn.ReLU(), "tanh": nn.Tanh(), "sigmoid": nn.Sigmoid()}


class Unit(nn.Module):
    """A factorised interaction unit of order K: one projection to K blocks of columns, multiplied by their gates."""

    def __init__(self, inputs: int, unit: dict):
        super().__init__()
        self.order, self.interaction = unit["order"], unit["interaction"]
        width = unit["size"] // self.order if self.interaction == "concat" else unit["size"]
        self.projection = nn.Linear(inputs, self.order * width)
        self.gate = FUNCTIONS[unit["gate"]]
        # The rest of the unit: batch norm, activation and dropout, where it has them.
        self.norm = nn.BatchNorm1d(unit["size"]) if unit["batchNorm"] else nn.Identity()
        self.activation = FUNCTIONS[unit["activation"]]
        self.dropout = nn.Dropout(unit["dropout"])

    def forward(self, x: Tensor) -> Tensor:
        first, *others = self.projection(x).chunk(self.order, dim=1)
        products = [first]
        for z in others:
            gated = products[-1] * self.gate(z)
            products.append(products[-1] + gated if self.interaction == "cascade" else gated)
        if self.interaction == "cascade":
            y = products[-1]
        elif self.interaction == "sum":
            y = torch.stack(products).sum(0) if len(products) > 1 else first
        else:
            y = torch.cat(products, dim=1)
        return self.dropout(self.activation(self.norm(y)))


class FinalBranch(nn.Module):
    """A stack of units and a head; with feature gating the fields enter twice, as they are and gated by each other."""

    def __init__(self, fields: int, dim: int, branch: dict):
        super().__init__()
        self.gating = nn.Linear(fields, fields) if branch["featureGating"] else None
        inputs = fields * dim * (2 if self.gating else 1)
        self.units = nn.Sequential()
        for unit in branch["units"]:
            self.units.append(Unit(inputs, unit))
            inputs = unit["size"]
        self.head = nn.Linear(inputs, 1)

    def forward(self, e: Tensor, _linear: Tensor) -> Tensor:
        if self.gating:
            gate = self.gating(e.transpose(1, 2)).transpose(1, 2)
            e = torch.cat([e, e * gate], dim=1)
        return self.head(self.units(e.flatten(1)))[:, 0]


class CrossBranch(nn.Module):
    """DCN-v2's cross network over the whole input, and a head."""

    def __init__(self, fields: int, dim: int, branch: dict):
        super().__init__()
        inputs = fields * dim
        self.layers = nn.ModuleList(nn.Linear(inputs, inputs) for _ in range(branch["layers"]))
        self.head = nn.Linear(inputs, 1)

    def forward(self, e: Tensor, _linear: Tensor) -> Tensor:
        x = h = e.flatten(1)
        for layer in self.layers:
            h = x * layer(h) + h
        return self.head(h)[:, 0]


class WideBranch(nn.Module):
    """A linear part and, with `pairs`, a factorisation machine over the embeddings."""

    def __init__(self, table_rows: int, pairs: bool):
        super().__init__()
        self.linear = nn.Embedding(table_rows, 1)
        self.bias = nn.Parameter(torch.zeros(1))
        self.pairs = pairs

    def forward(self, e: Tensor, linear: Tensor) -> Tensor:
        ids, weights = linear
        logit = (self.linear(ids)[:, :, 0] * weights).sum(1) + self.bias
        if self.pairs:
            logit = logit + 0.5 * (e.sum(1).square() - e.square().sum(1)).sum(1)
        return logit


class Model(nn.Module):
    def __init__(self, config: dict, fields: int, table_rows: int):
        super().__init__()
        dim = config["embeddingDim"]
        self.embedding = nn.Embedding(table_rows, dim)
        self.branches = nn.ModuleList()
        for branch in config["branches"]:
            kind = branch["kind"]
            if kind == "final":
                self.branches.append(FinalBranch(fields, dim, branch))
            elif kind == "cross":
                self.branches.append(CrossBranch(fields, dim, branch))
            else:
                self.branches.append(WideBranch(table_rows, pairs=kind == "fm"))
        self.fusion_kind = config["fusion"]
        self.fusion = nn.Linear(fields * dim, len(self.branches)) if self.fusion_kind == "gate" else None

    def forward(self, ids: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        """The logits of each branch, [B, branches], and the fused ones, [B]."""
        e = self.embedding(ids) * weights[:, :, None]
        logits = torch.stack([branch(e, (ids, weights)) for branch in self.branches], dim=1)
        if self.fusion:
            return logits, (logits * torch.softmax(self.fusion(e.flatten(1)), dim=1)).sum(1)
        return logits, logits.sum(1) if self.fusion_kind == "sum" else logits.mean(1)

    def tables(self) -> list[nn.Parameter]:
        """What L2 acts on: embeddings and linear weights."""
        return [m.weight for m in self.modules() if isinstance(m, nn.Embedding)]

    def load(self, arrays: dict[str, Tensor]) -> None:
        """Takes the studio's parameters by their names; its weights lie [inputs, outputs]."""

        def linear(layer: nn.Linear, name: str) -> None:
            layer.weight.copy_(arrays[f"{name}/weight"].T)
            layer.bias.copy_(arrays[f"{name}/bias"])

        with torch.no_grad():
            self.embedding.weight.copy_(arrays["embedding"])
            for b, branch in enumerate(self.branches):
                name = f"branch{b}"
                if isinstance(branch, WideBranch):
                    branch.linear.weight.copy_(arrays[f"{name}/linear/weight"])
                    branch.bias.copy_(arrays[f"{name}/linear/bias"])
                    continue
                linear(branch.head, f"{name}/head")
                if isinstance(branch, CrossBranch):
                    for i, layer in enumerate(branch.layers):
                        linear(layer, f"{name}/cross{i}")
                    continue
                if branch.gating:
                    linear(branch.gating, f"{name}/gating")
                for u, unit in enumerate(branch.units):
                    linear(unit.projection, f"{name}/unit{u}")
                    if isinstance(unit.norm, nn.BatchNorm1d):
                        unit.norm.weight.copy_(arrays[f"{name}/unit{u}/gamma"])
                        unit.norm.bias.copy_(arrays[f"{name}/unit{u}/beta"])
            if self.fusion:
                linear(self.fusion, "fusion")


class Trainer:
    def __init__(self, config: dict, model: Model):
        self.config, self.model = config, model
        self.optimizer_config = config["optimizer"]
        tables = {id(table) for table in model.tables()}
        dense = [p for p in model.parameters() if id(p) not in tables]
        settings = self.optimizer_config
        # Adam adds weight_decay times a parameter to its gradient, which is L2's part.
        self.adam = torch.optim.Adam(
            [{"params": model.tables(), "weight_decay": config["l2Embedding"]}, {"params": dense}],
            lr=settings["learningRate"],
            betas=(settings["beta1"], settings["beta2"]),
            eps=settings["epsilon"],
            fused=True,
        )
        self.steps = 0

    def step(self, ids: Tensor, weights: Tensor, labels: Tensor) -> Tensor:
        """One update; returns the log loss of the fused output before it."""
        self.steps += 1
        if self.optimizer_config["epsilonHat"]:
            # ε beside the uncorrected √v, as TensorFlow has it.
            scale = (1 - self.optimizer_config["beta2"] ** self.steps) ** 0.5
            for group in self.adam.param_groups:
                group["eps"] = self.optimizer_config["epsilon"] / scale
        logits, fused = self.model(ids, weights)
        loss = fused_loss = log_loss(fused, labels)
        if logits.shape[1] > 1 and self.config["distillationWeight"] > 0:
            teacher = torch.sigmoid(fused).detach()
            distillation = sum(log_loss(logit, teacher) for logit in logits.unbind(1))
            loss = loss + self.config["distillationWeight"] * distillation
        self.adam.zero_grad()
        loss.backward()
        self.adam.step()
        return fused_loss.detach()


def prepare(folder: Path, case: dict) -> tuple[Trainer, list[tuple[Tensor, Tensor, Tensor]]]:
    """The trainer with the studio's initial values, and the batches: copies, so that what was read can be freed."""
    content = bytearray((folder / "arrays.bin").read_bytes())

    def array(place: dict) -> Tensor:
        dtype = {"float32": torch.float32, "int32": torch.int32}[place["type"]]
        shape = torch.Size(place["shape"])
        values = torch.frombuffer(content, dtype=dtype, count=shape.numel(), offset=place["offset"])
        return values.reshape(shape)

    model = Model(case["config"], case["fields"], case["tableRows"])
    model.load({name: array(place) for name, place in case["parameters"].items()})
    batches = [
        (array(batch["ids"]).long(), array(batch["weights"]).clone(), array(batch["labels"]).clone())
        for batch in case["batches"]
    ]
    return Trainer(case["config"], model), batches


def main(folder: Path) -> None:
    case = json.loads((folder / "case.json").read_text())
    torch.set_num_threads(case["threads"])
    torch.set_flush_denormal(True)
    trainer, batches = prepare(folder, case)
    capability = torch.backends.cpu.get_cpu_capability()
    threads = torch.get_num_threads()
    print(json.dumps({"torch": torch.__version__, "capability": capability, "threads": threads}), flush=True)
    position = 0
    for line in sys.stdin:
        seconds: list[float] = []
        losses: list[Tensor] = []
        started = time.perf_counter()
        while not seconds or time.perf_counter() - started < float(line):
            before = time.perf_counter()
            losses.append(trainer.step(*batches[position % len(batches)]))
            seconds.append(time.perf_counter() - before)
            position += 1
        print(json.dumps({"seconds": seconds, "losses": [loss.item() for loss in losses]}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
