using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Local;

public sealed class FanoutTests : OutboxTest
{
    private readonly FakeGateway _other = new("g2");
    private int _wakes;

    [Fact]
    public void All_wanted_gateways_are_told_and_retired_ones_are_not()
    {
        var fanout = Fanout();
        Do(() =>
        {
            fanout.Want(Gateway.Ref);
            fanout.Want(_other.Ref);
            fanout.Retire(_other.Id);
            fanout.SendToAll(new TextItem(fanout.NextSequence()));
        });

        Assert.Single(Gateway.Batches);
        Assert.Empty(_other.Batches);
    }

    [Fact]
    public void What_was_said_before_a_gateway_was_retired_still_arrives()
    {
        var fanout = Fanout();
        var answer = new TaskCompletionSource<DeliveryAck>();
        Gateway.Answer = _ => answer.Task;
        Do(() =>
        {
            fanout.Want(Gateway.Ref);
            fanout.Send(Gateway.Id, new TextItem(1));
            fanout.Send(Gateway.Id, new TextItem(2));
            fanout.Retire(Gateway.Id);
        });

        Do(() => answer.SetResult(FakeGateway.Ack(Gateway.Batches[0], 1)));

        Assert.Equal([1L, 2L], Gateway.Received<TextItem>().Select(item => item.Sequence));
        Do(fanout.Tidy);
        Assert.False(fanout.HasOutboxes);
    }

    [Fact]
    public void A_gateway_that_comes_back_never_sees_a_batch_number_twice()
    {
        var fanout = Fanout();
        Do(() =>
        {
            fanout.Want(Gateway.Ref);
            fanout.SendToAll(new TextItem(1));
        });
        Do(() => fanout.Retire(Gateway.Id));
        Assert.False(fanout.HasOutboxes);

        Do(() =>
        {
            fanout.Want(Gateway.Ref);
            fanout.SendToAll(new TextItem(2));
        });

        Assert.Equal([1L, 2L], Gateway.Batches.Select(batch => batch.Number));
    }

    [Fact]
    public void A_call_for_another_activation_is_stale_and_names_the_grain()
    {
        var fanout = Fanout();

        var refusal = fanout.Admit(Gateway.Route(epoch: 8), Gateway.Session(1));

        Assert.Equal((ErrorCode.RouteStale, "u:3:bob"), (refusal!.Code, refusal.Message));
        Assert.Null(fanout.Admit(Gateway.Route(epoch: 0), Gateway.Session(1)));
        Assert.Null(fanout.Admit(Gateway.Route(epoch: 7), Gateway.Session(1)));
    }

    [Fact]
    public void A_lost_gateway_is_named_once_and_a_turn_is_asked_for()
    {
        var fanout = Fanout();
        Gateway.Answer = _ => Task.FromResult(DeliveryAck.Unknown);
        Do(() =>
        {
            fanout.Want(Gateway.Ref);
            fanout.SendToAll(new TextItem(1));
        });

        Assert.Equal(1, _wakes);
        Assert.Equal([new(Gateway.Id, GatewayLoss.Unknown)], fanout.TakeLost());
        Assert.Empty(fanout.TakeLost());
    }

    [Fact]
    public void A_registration_takes_the_loss_of_its_gateway_back()
    {
        var fanout = Fanout();
        Gateway.Answer = _ => Task.FromResult(DeliveryAck.Unknown);
        Do(() =>
        {
            fanout.Want(Gateway.Ref);
            fanout.SendToAll(new TextItem(1));
        });

        Assert.Null(fanout.AdmitRegistration(Gateway.Route()));

        Assert.False(fanout.HasLost);
    }

    [Fact]
    public void A_stale_registration_does_not_take_a_loss_back()
    {
        var fanout = Fanout();
        var late = Gateway.Route();
        Assert.Null(fanout.Admit(Gateway.Route(), Gateway.Session(1)));
        Gateway.Answer = _ => Task.FromResult(DeliveryAck.Unknown);
        Do(() =>
        {
            fanout.Want(Gateway.Ref);
            fanout.SendToAll(new TextItem(1));
        });

        Assert.Equal(ErrorCode.RouteStale, fanout.AdmitRegistration(late)!.Code);

        Assert.True(fanout.HasLost);
    }

    /// <summary>
    /// A gateway that was given up believes to have here what is gone. Its calls must not be taken as if it had nothing
    /// else: it has to state all of it first, unless it says itself that it starts from nothing.
    /// </summary>
    [Fact]
    public void A_gateway_that_was_given_up_and_does_not_know_it_has_to_register_first()
    {
        var fanout = Fanout();
        LoseGateway(fanout);

        Assert.Equal(ErrorCode.RouteStale, fanout.Admit(Gateway.Route(epoch: 7), Gateway.Session(1))!.Code);
        Assert.Null(fanout.AdmitRegistration(Gateway.Route()));

        Assert.Null(fanout.Admit(Gateway.Route(epoch: 7), Gateway.Session(1)));
    }

    [Fact]
    public void A_gateway_that_was_given_up_and_starts_from_nothing_is_let_in()
    {
        var fanout = Fanout();
        LoseGateway(fanout);

        Assert.Null(fanout.Admit(Gateway.Route(epoch: 0), Gateway.Session(1)));

        Assert.Null(fanout.Admit(Gateway.Route(epoch: 7), Gateway.Session(1)));
    }

    [Fact]
    public void Dead_gateways_are_closed_and_named()
    {
        var fanout = Fanout();
        Do(() =>
        {
            fanout.Want(Gateway.Ref);
            fanout.Want(_other.Ref);
        });
        Leases.Dead.Add(_other.Id);

        Do(fanout.ExpireDead);
        Do(() => fanout.SendToAll(new TextItem(1)));

        Assert.Equal([new(_other.Id, GatewayLoss.Dead)], fanout.TakeLost());
        Assert.Empty(_other.Batches);
        Assert.Single(Gateway.Batches);
    }

    [Fact]
    public void Closing_tells_all_gateways_and_waits_for_their_answers()
    {
        var fanout = Fanout();
        var answer = new TaskCompletionSource<DeliveryAck>();
        Gateway.Answer = _ => answer.Task;
        Do(() => fanout.Want(Gateway.Ref));

        var closed = Begin(() => CloseAsync(fanout));
        Assert.False(closed.IsCompleted);
        Do(() => answer.SetResult(FakeGateway.Ack(Gateway.Batches[0], 1)));

        Assert.True(closed.Now());
        Assert.Single(Gateway.Received<RouteClosing>());
    }

    [Fact]
    public void Closing_waits_no_longer_than_a_second()
    {
        var fanout = Fanout();
        Gateway.Answer = _ => new TaskCompletionSource<DeliveryAck>().Task;
        Do(() => fanout.Want(Gateway.Ref));

        var closed = Begin(() => CloseAsync(fanout));
        Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(closed.IsCompleted);
        Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(closed.Now());
    }

    private static async Task<bool> CloseAsync(Fanout fanout)
    {
        await fanout.CloseAsync();
        return true;
    }

    private void LoseGateway(Fanout fanout)
    {
        Gateway.Answer = _ => Task.FromResult(DeliveryAck.Unknown);
        Do(() =>
        {
            fanout.Want(Gateway.Ref);
            fanout.SendToAll(new TextItem(1));
        });
        fanout.TakeLost();
    }

    private Fanout Fanout() => new(Context(), "silo", () => _wakes++);
}
