"""loss.py: losses, with each reduction; weights, classes to ignore, margins at which a term begins."""
import torch
import torch.nn.functional as F
from reference import Family, integer, pulled, real, inf

f = Family(__file__)
any = real()
positive, share, sign = real(0.1, 3), real(0.02, 0.98), integer(-1, 2)
how = ["mean", "sum", "none"]
same = [((2, 3), (2, 3)), ((3,), (3,)), ((4, 1), (4, 1)), ((), ()), ((2, 2, 2), (2, 2, 2))]
thrice = [s + s[:1] for s in same]
two = dict(x=any, y=any, shapes=same)
for name in "l1_loss mse_loss".split():
    f.op(name, name + "(x, y, reduction={reduction})", lambda x, y, reduction, name=name: getattr(F, name)(x, y, reduction=reduction),
         dict(reduction=how), **two)
for name in "l1_loss mse_loss".split():
    f.op(name, name + "(x, y, w, reduction={reduction})", lambda x, y, w, reduction, name=name: getattr(F, name)(x, y, weight=w, reduction=reduction),
         dict(reduction=how), x=any, y=any, w=positive, shapes=thrice)
f.op("soft_margin_loss", "soft_margin_loss(x, y, reduction={reduction})", lambda x, y, reduction: F.soft_margin_loss(x, y.detach(), reduction=reduction),
     dict(reduction=how), **two)
f.op("huber_loss", "huber_loss(x, y, delta={delta}, reduction={reduction})", lambda x, y, reduction, delta: F.huber_loss(x, y, reduction, delta),
     dict(reduction=how, delta=[1.0, 0.5, 2.25]), points=[dict(x=[1.5, 0.5], y=[1.0, 1.0], delta=0.5)], **two)
f.op("smooth_l1_loss", "smooth_l1_loss(x, y, beta={beta}, reduction={reduction})", lambda x, y, reduction, beta: F.smooth_l1_loss(x, y, reduction=reduction, beta=beta),
     dict(reduction=how, beta=[1.0, 0.0, 2.25]), points=[dict(x=[2.0, 1.0], y=[1.0, 1.0], beta=1.0), dict(x=[1.0], y=[1.0], beta=0.0)], **two)
f.op("binary_cross_entropy", "binary_cross_entropy(x, y, reduction={reduction})", lambda x, y, reduction: F.binary_cross_entropy(x, y, reduction=reduction),
     dict(reduction=how), x=share, y=share, shapes=same)
f.op("binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits(x, y, reduction={reduction})",
     lambda x, y, reduction: F.binary_cross_entropy_with_logits(x, y, reduction=reduction), dict(reduction=how), x=real(-30, 30), y=share, shapes=same)
f.op("binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits(x, y, w, v, reduction={reduction})",
     lambda x, y, w, v, reduction: F.binary_cross_entropy_with_logits(x, y, w.detach(), reduction=reduction, pos_weight=v.detach()), dict(reduction=how),
     x=any, y=share, w=positive, v=positive, shapes=[s + s for s in same])
f.op("kl_div", "kl_div(x, y, log_target={log_target}, reduction={reduction})", lambda x, y, log_target, reduction: F.kl_div(x, y, reduction=reduction, log_target=log_target),
     dict(log_target=[False, True], reduction=how), x=real(-4, 0), y=share, shapes=same)
f.op("poisson_nll_loss", "poisson_nll_loss(x, y, log_input={log_input}, full={full}, reduction={reduction})",
     lambda x, y, log_input, full, reduction: F.poisson_nll_loss(x, y, log_input, full, reduction=reduction),
     dict(log_input=[True, False], full=[False, True], reduction=how), x=positive, y=real(0.1, 5, kinks=(1,)), shapes=same)
f.op("gaussian_nll_loss", "gaussian_nll_loss(x, y, v, full={full}, reduction={reduction})",
     lambda x, y, v, full, reduction: F.gaussian_nll_loss(x, y, v, full, reduction=reduction), dict(full=[False, True], reduction=how),
     x=any, y=any, v=positive, shapes=thrice)
f.op("margin_ranking_loss", "margin_ranking_loss(x, z, y, margin={margin}, reduction={reduction})",
     lambda x, z, y, margin, reduction: F.margin_ranking_loss(x, z, y, margin, reduction=reduction), dict(margin=[0.0, 0.5], reduction=how),
     points=[dict(x=[1.0], z=[1.0], y=[1.0], margin=0.0)], x=any, z=any, y=any, shapes=thrice)
f.op("hinge_embedding_loss", "hinge_embedding_loss(x, y, margin={margin}, reduction={reduction})",
     lambda x, y, margin, reduction: F.hinge_embedding_loss(x, y, margin, reduction=reduction), dict(margin=[1.0, 0.5], reduction=how),
     points=[dict(x=[1.0], y=[-1], margin=1.0)], x=any, y=sign, shapes=same)
f.op("triplet_margin_loss", "triplet_margin_loss(x, y, z, margin={margin}, p={p}, swap={swap}, reduction={reduction})",
     lambda x, y, z, margin, p, swap, reduction: F.triplet_margin_loss(x, y, z, margin, p, swap=swap, reduction=reduction),
     dict(margin=[1.0, 4.0], p=[2.0, 1.0, 3.0], swap=[False, True], reduction=how), count=36, x=any, y=any, z=any, shapes=[((2, 3),) * 3, ((4, 2),) * 3])
f.op("cosine_embedding_loss", "cosine_embedding_loss(x, z, y, margin={margin}, reduction={reduction})",
     lambda x, z, y, margin, reduction: F.cosine_embedding_loss(x, z, y, margin, reduction=reduction), dict(margin=[0.0, 0.3], reduction=how),
     x=any, z=any, y=sign, shapes=[((2, 3), (2, 3), (2,)), ((4, 2), (4, 2), (4,)), ((3,), (3,), ())])
rows = [((2, 3), (2,)), ((3,), ()), ((4, 3), (4,)), ((2, 3, 2), (2, 2)), ((1, 3, 2, 2), (1, 2, 2))]
weighed = [s + ((3,),) for s in rows]
f.op("nll_loss", "nll_loss(x, t, ignore_index={ignore_index}, reduction={reduction})",
     lambda x, t, ignore_index, reduction: F.nll_loss(x, t, ignore_index=ignore_index, reduction=reduction), dict(ignore_index=[-100, 1], reduction=["sum", "none"]),
     points=[dict(x=[[1.0, 2.0], [3.0, 4.0]], t=[1, -100], reduction="mean")], x=any, t=integer(0, 3), shapes=rows)
f.op("nll_loss", "nll_loss(x, t, w, reduction={reduction})", lambda x, t, w, reduction: F.nll_loss(x, t, w.detach(), reduction=reduction),
     dict(reduction=how), x=any, t=integer(0, 3), w=positive, shapes=weighed)
f.op("cross_entropy_loss", "cross_entropy_loss(x, t, w, label_smoothing={a}, reduction={reduction})",
     lambda x, t, w, a, reduction: F.cross_entropy(x, t, w.detach(), reduction=reduction, label_smoothing=a), dict(a=[0.0, 0.1], reduction=how),
     x=any, t=integer(0, 3), w=positive, shapes=weighed)
f.op("cross_entropy_loss", "cross_entropy_loss(x, q, label_smoothing={a}, reduction={reduction})",
     lambda x, q, a, reduction: F.cross_entropy(x, q, reduction=reduction, label_smoothing=a), dict(a=[0.0, 0.1], reduction=how),
     x=any, q=share, shapes=[(s[0], s[0]) for s in rows])
f.op("cross_entropy", "cross_entropy(x, t, ignore_index={ignore_index})", lambda x, t, ignore_index: F.cross_entropy(x, t, ignore_index=ignore_index),
     dict(ignore_index=[-100, 5]), points=[dict(x=[[1.0, 2.0], [3.0, 4.0]], t=[1, -100], ignore_index=-100)], x=any, t=integer(0, 3), shapes=[((2, 3), (2,)), ((5, 4), (5,))])
f.op("multi_margin_loss", "multi_margin_loss(x, t, w, p={p}, margin={margin}, reduction={reduction})",
     lambda x, t, w, p, margin, reduction: F.multi_margin_loss(x, t, p, margin, w.detach(), reduction=reduction), dict(p=[1, 2], margin=[1.0, 0.5], reduction=how),
     x=any, t=integer(0, 3), w=positive, shapes=weighed[:3])
f.op("multilabel_margin_loss", "multilabel_margin_loss(x, t, reduction={reduction})",
     lambda x, t, reduction: F.multilabel_margin_loss(x, t, reduction=reduction), dict(reduction=how), x=any, t=integer(-1, 3), shapes=[((2, 3), (2, 3)), ((3,), (3,)), ((2, 4), (2, 4))])
f.op("multilabel_soft_margin_loss", "multilabel_soft_margin_loss(x, y, w, reduction={reduction})",
     lambda x, y, w, reduction: F.multilabel_soft_margin_loss(x, y, w.detach(), reduction=reduction), dict(reduction=how), x=any, y=share, w=positive, shapes=[((2, 3), (2, 3), (3,)), ((4, 2), (4, 2), (2,))])
f.op("ctc_loss", "ctc_loss(log_softmax(x, 2), t, n, m, reduction={reduction}, zero_infinity={zero_infinity})",
     lambda x, t, n, m, reduction, zero_infinity: F.ctc_loss(x.log_softmax(2), t, n, m, reduction=reduction, zero_infinity=zero_infinity),
     dict(reduction=how, zero_infinity=[True]), x=any, t=integer(1, 4), n=integer(3, 7), m=integer(0, 4), shapes=[((6, 2, 4), (2, 3), (2,), (2,)), ((6, 3, 5), (3, 3), (3,), (3,))])
f.op("ctc_loss", "ctc_loss(log_softmax(x, 2), t, n, m, blank={blank}, reduction={reduction}, zero_infinity=1)",
     lambda x, t, n, m, blank, reduction: F.ctc_loss(x.log_softmax(2), t, n, m, blank, reduction, True), dict(blank=[3, 4], reduction=how), count=12,
     x=any, t=integer(0, 3), n=integer(3, 7), m=integer(0, 4), shapes=[((6, 2, 5), (2, 3), (2,), (2,)), ((6, 3, 5), (3, 3), (3,), (3,))],
     points=[dict(x=[[[1.0, 2.0, 3.0]], [[0.5, 0.0, 1.0]], [[0.0, 0.0, 1.0]]], t=t, n=[3], m=m, blank=b, reduction="sum")     # blanks where no target counts, and none that count
             for t, m, b in (([[1, 0, 0]], [1], 0), ([[1, 2, 0]], [2], 0), ([[0, 0, 2]], [2], 2), ([[2, 2, 2]], [0], 2))])
f.op("cross_entropy_adj", "cross_entropy_adj(x, t, g)", lambda x, t, g: pulled(F.cross_entropy(x, t), [x], g)[0], x=any, t=integer(0, 3), g=any,
     shapes=[((2, 3), (2,), ()), ((5, 4), (5,), ()), ((1, 3), (1,), ())], points=[dict(x=[[1.0, 2.0], [3.0, 4.0]], t=[1, -100], g=2.0)])
f.write()
