"""The direct oneDNN call of a batch of one: the same values as Conv3d, and only where nothing else is asked for."""

import pytest
import torch

from vae_demo.models.temporal import CausalConv3d, TemporalConfig, TemporalVAE

SMALL = TemporalConfig(
    in_channels=8, latent_channels=8, filters=8, multipliers=(1, 1, 2), temporal_downsample=(True, True),
    n_res_blocks=1, n_groups=4, linear_shortcut=True)


@pytest.fixture
def direct_calls(monkeypatch) -> list[tuple[int, ...]]:
    """Shapes of the inputs that took the direct call."""
    real, shapes = torch.mkldnn_convolution, []

    def counted(x, *args):
        shapes.append(tuple(x.shape))
        return real(x, *args)

    monkeypatch.setattr(torch, "mkldnn_convolution", counted)
    return shapes


@pytest.fixture
def temporal() -> TemporalVAE:
    torch.manual_seed(2)
    return TemporalVAE(SMALL).eval()


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last_3d])
@pytest.mark.parametrize(("time_stride", "bias"), [(1, True), (1, False), (2, True)])
@pytest.mark.parametrize("shape", [(8, 2, 3, 3), (8, 4, 12, 7), (8, 20, 16, 16)])
def test_equals_an_ordinary_convolution(direct_calls, shape, time_stride, bias, layout):
    torch.manual_seed(sum(shape))
    conv = CausalConv3d(8, 12, 3, time_stride, bias).to(memory_format=layout)
    x = torch.randn(1, *shape).contiguous(memory_format=layout)
    ordinary = conv(x)
    assert not direct_calls
    with torch.no_grad():
        torch.testing.assert_close(conv(x), ordinary.detach(), atol=1e-5, rtol=0)
    assert len(direct_calls) == 1


@pytest.mark.parametrize("mode", ["gradients", "autocast", "bfloat16", "two chunks"])
def test_stays_away_where_it_does_not_belong(direct_calls, temporal, mode):
    x = torch.randn(1, 8, 8, 4, 4)
    if mode == "gradients":
        temporal.decode(temporal.encode(x)[0]).sum().backward()
        assert all(value.grad is not None for value in temporal.encoder.parameters() if value.ndim > 1)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=mode == "autocast"):
        if mode == "autocast":
            assert temporal.encoder.conv_in(x).dtype == torch.bfloat16
            temporal.decode(temporal.encode(x)[0])
        if mode == "bfloat16":
            temporal.bfloat16().decode(temporal.encode(x.bfloat16())[0])
        if mode == "two chunks":
            temporal.decode(temporal.encode(x.repeat(2, 1, 1, 1, 1))[0])
    assert not direct_calls


class _RoundTrip(torch.nn.Module):
    def __init__(self, temporal: TemporalVAE) -> None:
        super().__init__()
        self.temporal = temporal

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.temporal.decode(self.temporal.encode(x)[0])


@pytest.mark.filterwarnings("ignore:.*torch.jit.trace:DeprecationWarning", "ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("how", ["export", "trace"])
def test_exports_as_ordinary_operations(temporal, direct_calls, how):
    x = torch.randn(1, 8, 8, 4, 4)
    with torch.no_grad():
        if how == "export":
            program = torch.export.export(_RoundTrip(temporal), (x,), strict=False)
            operations = {str(node.target) for node in program.graph.nodes if node.op == "call_function"}
            again = program.module()
        else:
            again = torch.jit.trace(_RoundTrip(temporal), (x,), check_trace=False)
            operations = {node.kind() for node in again.inlined_graph.nodes()}
        assert not direct_calls
        assert any("conv3d" in name or "_convolution" in name for name in operations)
        assert not [name for name in operations if "mkldnn" in name]
        torch.testing.assert_close(again(x), _RoundTrip(temporal)(x), atol=1e-5, rtol=0)
    assert direct_calls
