"""sequence.py: attention, recurrent layers, bags of embeddings."""
import torch
import torch.nn.functional as F
from reference import Family, boolean, integer, pulled, real

f = Family(__file__)
any = real(-2, 2)
attended = [((2, 3), (4, 3), (4, 2)), ((2, 2, 3), (2, 4, 3), (2, 4, 3)), ((1, 2, 3, 2), (1, 2, 2, 2), (1, 2, 2, 1)), ((2, 1), (3, 1), (3, 4))]
attention = F.scaled_dot_product_attention
f.op("scaled_dot_product_attention", "scaled_dot_product_attention(q, k, v, is_causal={is_causal}, scale={scale})",
     lambda q, k, v, is_causal, scale: attention(q, k, v, is_causal=is_causal, scale=scale or None), dict(is_causal=[False, True], scale=[0, 0.5]),
     q=any, k=any, v=any, shapes=attended)
masked = [s + ((s[0][-2], s[1][-2]),) for s in attended]
for mask in (boolean(), any):
    f.op("scaled_dot_product_attention", "scaled_dot_product_attention(q, k, v, m)", lambda q, k, v, m: attention(q, k, v, m), q=any, k=any, v=any, m=mask, shapes=masked, count=20)
f.op("scaled_dot_product_attention", "scaled_dot_product_attention(q, k, v, m)", lambda q, k, v, m: attention(q, k, v, m), q=any, k=any, v=any, m=boolean(), shapes=masked, count=0,
     points=[dict(q=[[1.0], [2.0]], k=[[1.0], [3.0]], v=[[1.0], [5.0]], m=[[True, False], [False, False]])])


def heads(q, k, v, w, b, o, c, heads):
    e = q.shape[2]
    y = F.multi_head_attention_forward(*(t.transpose(0, 1) for t in (q, k, v)), e, heads, w, b, None, None, False, 0.0, o, c, need_weights=True)
    return y[0].transpose(0, 1), y[1]


E = 4
sizes = [((n, l, E), (n, s, E), (n, s, E), (3 * E, E), (3 * E,), (E, E), (E,)) for n, l, s in ((1, 2, 3), (2, 3, 2), (2, 1, 4))]
parts = dict(q=any, k=any, v=any, w=any, b=any, o=any, c=any)
f.op("multi_head_attention", "multi_head_attention(q, k, v, w, b, o, c, num_heads={heads})", lambda q, k, v, w, b, o, c, heads: globals()["heads"](q, k, v, w, b, o, c, heads)[0],
     dict(heads=[1, 2, 4]), shapes=sizes, **parts)
f.op("multi_head_attention_weights", "multi_head_attention_weights(q, k, v, w, b, o, c, num_heads={heads})",
     lambda q, k, v, w, b, o, c, heads: globals()["heads"](q, k, v, w, b, o, c, heads)[1], dict(heads=[1, 2, 4]), shapes=sizes, **parts)


def layer(kind, x, h, c, w, reverse):
    net = kind(x.shape[2], h.shape[1], bias=len(w) == 4)
    x = x.flip(0) if reverse else x
    state = h[None] if c is None else (h[None], c[None])
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"][: len(w)]
    y, last = torch.func.functional_call(net, dict(zip(names, w)), (x, state))
    if c is None:
        return y.flip(0) if reverse else y
    memories, state = [], (h[None], c[None])
    for t in range(x.shape[0]):
        _, state = torch.func.functional_call(net, dict(zip(names, w)), (x[t:t + 1], state))
        memories.append(state[1][0])
    m = torch.stack(memories)
    return torch.stack([y.flip(0), m.flip(0)] if reverse else [y, m])


def shapes(gates, memory):
    out = []
    for t, n, i, h in ((1, 1, 2, 1), (3, 2, 2, 2), (2, 3, 1, 2), (4, 1, 3, 1)):
        out.append(((t, n, i), (n, h)) + (((n, h),) if memory else ()) + ((gates * h, i), (gates * h, h), (gates * h,), (gates * h,)))
    return out


weights = dict(w=any, u=any, a=any, b=any)
for relu in (0, 1):
    kind = lambda i, h, bias, relu=relu: torch.nn.RNN(i, h, nonlinearity="relu" if relu else "tanh", bias=bias).double()
    f.op("rnn_layer", "rnn_layer(x, h, w, u, a, b, reverse={reverse}, relu=%d)" % relu, lambda x, h, w, u, a, b, reverse, kind=kind: layer(kind, x, h, None, [w, u, a, b], reverse),
         dict(reverse=[0, 1]), x=any, h=any, shapes=shapes(1, False), count=16, **weights)
kind_gru = lambda i, h, bias: torch.nn.GRU(i, h, bias=bias).double()
f.op("gru_layer", "gru_layer(x, h, w, u, a, b, reverse={reverse})", lambda x, h, w, u, a, b, reverse: layer(kind_gru, x, h, None, [w, u, a, b], reverse),
     dict(reverse=[0, 1]), x=any, h=any, shapes=shapes(3, False), cancels=1e-15, **weights)
f.op("gru_layer", "gru_layer(x, h, w, u)", lambda x, h, w, u: layer(kind_gru, x, h, None, [w, u], 0), x=any, h=any, w=any, u=any, shapes=[s[:4] for s in shapes(3, False)], count=8, cancels=1e-15)
kind_lstm = lambda i, h, bias: torch.nn.LSTM(i, h, bias=bias).double()
f.op("lstm_layer", "lstm_layer(x, h, c, w, u, a, b, reverse={reverse})", lambda x, h, c, w, u, a, b, reverse: layer(kind_lstm, x, h, c, [w, u, a, b], reverse),
     dict(reverse=[0, 1]), x=any, h=any, c=any, shapes=shapes(4, True), **weights)
f.op("embedding_bag", "embedding_bag(w, i, o, mode={mode}, padding_idx={p})", lambda w, i, o, mode, p: F.embedding_bag(i, w, o * torch.arange(len(o)), mode=mode, padding_idx=p if p >= 0 else None) ,
     dict(mode=["sum", "mean", "max"], p=[-1, 1]), w=any, i=integer(0, 3), o=integer(0, 1), shapes=[((3, 2), (4,), (1,)), ((4, 3), (3,), (2,))])
f.op("embedding_bag", "embedding_bag(w, i, mode={mode})", lambda w, i, mode: F.embedding_bag(i, w, mode=mode), dict(mode=["sum", "mean", "max"]), w=any, i=integer(0, 3), shapes=[((3, 2), (2, 4)), ((4, 3), (3, 1))], count=12,
     points=[dict(w=[[1.0], [1.0], [0.0]], i=[[0, 1], [1, 2]], mode="max")])
f.op("embedding_bag", "embedding_bag(w, i, s, mode=sum)", lambda w, i, s: F.embedding_bag(i, w, mode="sum", per_sample_weights=s), w=any, i=integer(0, 3), s=any, shapes=[((3, 2), (2, 4), (2, 4))], count=6)


def opening(x):
    """A sigmoid of which PyTorch's gradient keeps its digits."""
    return 1 / (1 + torch.exp(-x))


def scan(a, h, c, w, reverse):
    """Steps of an LSTM of which the inputs' part of the gates is known: h, c and the gates of all times, as one vector."""
    n, states, memories, gates = len(a), [], [], []
    for t in range(n)[::-1] if reverse else range(n):
        gates.append(a[t] + h @ w.T)
        i, forget, g, o = gates[-1].chunk(4, 1)
        c = opening(forget) * c + opening(i) * g.tanh()
        h = opening(o) * c.tanh()
        states.append(h)
        memories.append(c)
    parts = [torch.stack(p[::-1] if reverse else p).reshape(-1) for p in (states, memories, gates)]
    return torch.cat(parts)


def scan_adjoint(a, h, c, w, g, reverse):
    return torch.cat([t.reshape(-1) for t in pulled(scan(a, h, c, w, reverse), [a, h, c], g)])


steps = [((t, n, 4 * h), (n, h), (n, h), (4 * h, h)) for t, n, h in ((1, 1, 1), (2, 2, 1), (3, 1, 2), (2, 3, 2))]
inputs = dict(a=any, h=any, c=any, w=any)
f.op("lstm_scan", "lstm_scan(a, h, c, w, reverse={reverse})", scan, dict(reverse=[0, 1]), shapes=steps, **inputs)
f.op("lstm_scan_adj", "lstm_scan_adj(lstm_scan(a, h, c, w, reverse={reverse}), c, w, g, reverse={reverse})", scan_adjoint, dict(reverse=[0, 1]),
     shapes=[s + ((6 * s[0][0] * s[1][0] * s[1][1],),) for s in steps], **inputs, g=any)
f.write()
