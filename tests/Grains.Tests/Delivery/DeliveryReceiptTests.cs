using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Delivery;

public sealed class DeliveryReceiptTests
{
    private readonly DeliveryReceipt _receipt = new(2);

    [Fact]
    public void The_first_session_reached_is_enough()
    {
        _receipt.Acked(1);

        Assert.Equal(DeliveryVerdict.Reached, _receipt.Verdict.Now());
    }

    [Fact]
    public void A_gateway_without_sessions_decides_nothing_while_another_is_to_answer()
    {
        _receipt.Acked(0);
        Assert.False(_receipt.Verdict.IsCompleted);

        _receipt.Acked(0);

        Assert.Equal(DeliveryVerdict.Nobody, _receipt.Verdict.Now());
    }

    [Fact]
    public void An_unknown_fate_outweighs_nobody()
    {
        _receipt.Lost();
        _receipt.Acked(0);

        Assert.Equal(DeliveryVerdict.Unknown, _receipt.Verdict.Now());
    }

    [Fact]
    public void A_session_reached_outweighs_everything()
    {
        _receipt.Lost();
        _receipt.Acked(3);

        Assert.Equal(DeliveryVerdict.Reached, _receipt.Verdict.Now());
    }
}
