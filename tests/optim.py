"""optim.py: what PyTorch's optimisers make of two parameters, for tests/test_optim.c.

Run with PyTorch 2.14 it writes optim.txt, a line for each case: the name of the case, then both parameters after 1, 2,
5 and 12 steps.  The loss is sum((a x - b)^2) + sum(w^2 a) / 3 over x (3) and w (2), with fixed a and b.
"""
import os

import torch

A, B = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64), torch.tensor([0.3, 1.0, -0.7], dtype=torch.float64)
C = torch.tensor([2.0, 0.25], dtype=torch.float64)
ADAM = dict(lr=0.05, betas=(0.8, 0.95), eps=1e-6)
CASES = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "sgd_decay": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.3),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, dampening=0.2, weight_decay=0.01),
    "sgd_nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, weight_decay=0.1, **ADAM),
    "adam_amsgrad": lambda p: torch.optim.Adam(p, amsgrad=True, **ADAM),
    "adamw": lambda p: torch.optim.AdamW(p, weight_decay=0.1, **ADAM),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.02, alpha=0.9, eps=1e-6, weight_decay=0.1),
    "rmsprop_centered": lambda p: torch.optim.RMSprop(p, lr=0.02, alpha=0.9, eps=1e-6, momentum=0.5, centered=True),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.2, lr_decay=0.1, weight_decay=0.05, initial_accumulator_value=0.1, eps=1e-8),
    "lbfgs": lambda p: torch.optim.LBFGS(p, lr=0.5, max_iter=3, history_size=2),
    "clip_norm": lambda p: torch.optim.SGD(p, lr=0.1),
    "clip_value": lambda p: torch.optim.SGD(p, lr=0.1),
}
SCHEDULES = {
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.5),
    "multistep": lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [2, 7], 0.1),
    "exponential": lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10, 0.01),
    "linear": lambda o: torch.optim.lr_scheduler.LinearLR(o, 0.25, 1.0, 5),
    "one_cycle": lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.1, total_steps=12),
}


def loss(x, w):
    return ((A * x - B) ** 2).sum() + (w**2 * C).sum() / 3


def run(name, make):
    x = torch.tensor([1.0, 2.0, -3.0], dtype=torch.float64, requires_grad=True)
    w = torch.tensor([0.5, -4.0], dtype=torch.float64, requires_grad=True)
    optimiser, out = make([x, w]), []

    def closure():
        optimiser.zero_grad()
        y = loss(x, w)
        y.backward()
        if name == "clip_norm":
            torch.nn.utils.clip_grad_norm_([x, w], 1.5)
        if name == "clip_value":
            torch.nn.utils.clip_grad_value_([x, w], 0.75)
        return y

    for step in range(1, 13):
        optimiser.step(closure)
        if step in (1, 2, 5, 12):
            out += x.tolist() + w.tolist()
    return out


def rates(make):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule, out = make(optimiser), []
    for t in range(12):
        out.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        if t < 11:
            schedule.step()
    return out


with open(os.path.splitext(__file__)[0] + ".txt", "w") as file:
    for name, make in CASES.items():
        print(name, *map(repr, run(name, make)), file=file)
    for name, make in SCHEDULES.items():
        print(name, *map(repr, rates(make)), file=file)
