using System.Reflection;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Local;

public sealed class GatewayOutboxTests : OutboxTest
{
    [Fact]
    public void An_item_leaves_at_once_when_nothing_is_under_way()
    {
        var outbox = Outbox();

        Do(() => outbox.Enqueue(new TextItem(1)));

        var batch = Assert.Single(Gateway.Batches);
        Assert.Equal(("u:3:bob", 7L, 1L, 0), (batch.Route, batch.Epoch, batch.Number, batch.Dropped));
        Assert.Equal(1, Assert.Single(batch.Items).Sequence);
        Assert.True(outbox.IsIdle);
    }

    [Fact]
    public void One_batch_is_under_way_and_the_rest_gathers()
    {
        var outbox = Outbox();
        var answers = HoldAnswers();

        Do(() => EnqueueMany(outbox, 1, 5));
        Assert.Single(Gateway.Batches);
        Do(() => answers.Dequeue().SetResult(FakeGateway.Ack(Gateway.Batches[0], 1)));

        Assert.Equal([1L, 2L], Gateway.Batches.Select(batch => batch.Number));
        Assert.Equal([2L, 3L, 4L, 5L], Gateway.Batches[1].Items.Select(item => item.Sequence));
    }

    [Fact]
    public void A_batch_holds_no_more_than_its_bound()
    {
        Options.BatchItemsMax = 256;
        var outbox = Outbox();
        var answers = HoldAnswers();

        Do(() => EnqueueMany(outbox, 1, 1 + 257));
        Do(() => answers.Dequeue().SetResult(FakeGateway.Ack(Gateway.Batches[0], 1)));
        Do(() => answers.Dequeue().SetResult(FakeGateway.Ack(Gateway.Batches[1], 1)));

        Assert.Equal([1, 256, 1], Gateway.Batches.Select(batch => batch.Items.Length));
    }

    [Fact]
    public void A_batch_without_an_answer_is_repeated_with_the_same_number_and_items()
    {
        var outbox = Outbox();
        FailTimes(1, () => new TimeoutException());

        Do(() => outbox.Enqueue(new TextItem(1)));
        Do(() => outbox.Enqueue(new TextItem(2)));
        Assert.Single(Gateway.Batches);
        Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal([1L, 1L, 2L], Gateway.Batches.Select(batch => batch.Number));
        Assert.Same(Gateway.Batches[0], Gateway.Batches[1]);
        Assert.Equal([1L, 2L], Gateway.Received<TextItem>().Select(item => item.Sequence));
    }

    [Fact]
    public void Repeats_come_at_growing_pauses_up_to_the_longest()
    {
        var outbox = Outbox();
        var times = new List<TimeSpan>();
        Gateway.Answer = _ =>
        {
            times.Add(Clock.Elapsed);
            return Task.FromException<DeliveryAck>(new TimeoutException());
        };

        Do(() => outbox.Enqueue(new TextItem(1)));
        Advance(TimeSpan.FromSeconds(8));

        Assert.Equal([0, 100, 300, 700, 1500, 3100, 5100, 7100], times.Select(time => time.TotalMilliseconds));
    }

    [Fact]
    public void A_gateway_that_is_not_to_be_found_is_asked_at_the_long_pause()
    {
        var outbox = Outbox();
        FailTimes(1, ObserverGone);

        Do(() => outbox.Enqueue(new TextItem(1)));
        Advance(TimeSpan.FromMilliseconds(1999));
        Assert.Single(Gateway.Batches);
        Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(2, Gateway.Batches.Count);
    }

    [Fact]
    public void Repeating_ends_when_the_lease_has_ended()
    {
        var outbox = Outbox();
        FailTimes(int.MaxValue, () => new TimeoutException());

        Do(() => outbox.Enqueue(new TextItem(1)));
        Leases.Dead.Add(Gateway.Id);
        Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(2, Gateway.Batches.Count);
        Assert.Equal([GatewayLoss.Dead], Losses);
        Assert.True(outbox.IsClosed);
    }

    [Fact]
    public void A_gateway_that_does_not_know_the_route_is_given_up()
    {
        var outbox = Outbox();
        Gateway.Answer = _ => Task.FromResult(DeliveryAck.Unknown);

        Do(() => outbox.Enqueue(new TextItem(1)));

        Assert.Equal([GatewayLoss.Unknown], Losses);
        Assert.Single(Gateway.Batches);
    }

    /// <summary>
    /// The race: the gateway dropped its route, answered so, and then took it up again; the answer arrives after the
    /// new registration, and must not end it.
    /// </summary>
    [Fact]
    public void An_unknown_route_that_was_registered_meanwhile_gets_the_batch_again()
    {
        var outbox = Outbox();
        var answers = HoldAnswers();

        Do(() => outbox.Enqueue(new TextItem(1)));
        Do(outbox.Want);
        Do(() => answers.Dequeue().SetResult(DeliveryAck.Unknown));
        Advance(TimeSpan.FromMilliseconds(100));

        Assert.Empty(Losses);
        Assert.Equal([1L, 1L], Gateway.Batches.Select(batch => batch.Number));
    }

    [Fact]
    public void When_the_line_is_full_the_least_urgent_goes_and_the_next_batch_tells_how_many()
    {
        Options.QueueItemsMax = 3;
        var outbox = Outbox();
        var answers = HoldAnswers();

        Do(() => outbox.Enqueue(new TextItem(1)));
        Do(() =>
        {
            outbox.Enqueue(new TextItem(2, MessagePriority.Low));
            outbox.Enqueue(new TextItem(3, MessagePriority.High));
            outbox.Enqueue(new TextItem(4, MessagePriority.Low));
            outbox.Enqueue(new TextItem(5, MessagePriority.High));
            outbox.Enqueue(new TextItem(6, MessagePriority.Highest));
        });
        Do(() => answers.Dequeue().SetResult(FakeGateway.Ack(Gateway.Batches[0], 1)));
        Do(() => answers.Dequeue().SetResult(FakeGateway.Ack(Gateway.Batches[1], 1)));
        Do(() => outbox.Enqueue(new TextItem(7)));

        Assert.Equal([3L, 5L, 6L], Gateway.Batches[1].Items.Select(item => item.Sequence));
        Assert.Equal([0, 2, 0], Gateway.Batches.Select(batch => batch.Dropped));
    }

    [Fact]
    public void Bytes_are_bounded_as_items_are()
    {
        Options.QueueBytesMax = 100;
        var outbox = Outbox();
        var answers = HoldAnswers();

        Do(() => outbox.Enqueue(new TextItem(1)));
        Do(() => EnqueueMany(outbox, 2, 3, size: 60));
        Do(() => answers.Dequeue().SetResult(FakeGateway.Ack(Gateway.Batches[0], 1)));

        Assert.Equal([3L], Gateway.Batches[1].Items.Select(item => item.Sequence));
        Assert.Equal(1, Gateway.Batches[1].Dropped);
    }

    [Fact]
    public void What_must_arrive_is_never_dropped_but_ends_the_registration_when_it_does_not_fit()
    {
        Options.QueueItemsMax = 2;
        var outbox = Outbox();
        HoldAnswers();

        Do(() => outbox.Enqueue(new TextItem(1, null)));
        Do(() => outbox.Enqueue(new TextItem(2, null)));
        Do(() => outbox.Enqueue(new TextItem(3, null)));
        Assert.Empty(Losses);
        Do(() => outbox.Enqueue(new TextItem(4, null)));

        Assert.Equal([GatewayLoss.Overflow], Losses);
    }

    [Fact]
    public void Numbers_go_on_from_the_registration_before()
    {
        var outbox = Outbox(lastNumber: 41);

        Do(() => outbox.Enqueue(new TextItem(1)));

        Assert.Equal(42, Gateway.Batches[0].Number);
    }

    [Fact]
    public void Nothing_is_sent_after_closing()
    {
        var outbox = Outbox();
        FailTimes(int.MaxValue, () => new TimeoutException());
        Do(() => outbox.Enqueue(new TextItem(1)));
        Do(() => outbox.Enqueue(new TextItem(2)));

        Do(outbox.Close);
        Do(() => outbox.Enqueue(new TextItem(3)));
        Advance(TimeSpan.FromSeconds(10));

        Assert.Single(Gateway.Batches);
        Assert.True(outbox.IsIdle);
        Assert.Empty(Losses);
    }

    [Fact]
    public void Draining_ends_with_the_last_answer()
    {
        var outbox = Outbox();
        var answers = HoldAnswers();
        Do(() => EnqueueMany(outbox, 1, 2));

        var drained = outbox.DrainAsync();
        Do(() => answers.Dequeue().SetResult(FakeGateway.Ack(Gateway.Batches[0], 1)));
        Assert.False(drained.IsCompleted);
        Do(() => answers.Dequeue().SetResult(FakeGateway.Ack(Gateway.Batches[1], 1)));

        Assert.True(drained.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(2, nameof(DeliveryVerdict.Reached))]
    [InlineData(0, nameof(DeliveryVerdict.Nobody))]
    public void Who_waits_for_an_item_hears_how_many_sessions_it_reached(int reached, string verdict)
    {
        var outbox = Outbox();
        Gateway.Answer = batch => Task.FromResult(FakeGateway.Ack(batch, reached));
        var receipt = new DeliveryReceipt(1);

        Do(() => outbox.Enqueue(new TextItem(1), receipt));

        Assert.Equal(verdict, receipt.Verdict.Now().ToString());
    }

    [Fact]
    public void Who_waits_for_an_item_hears_when_it_is_dropped_or_its_fate_is_not_known()
    {
        Options.QueueItemsMax = 1;
        var outbox = Outbox();
        HoldAnswers();
        DeliveryReceipt sent = new(1), dropped = new(1), waiting = new(1), late = new(1);

        Do(() => outbox.Enqueue(new TextItem(1), sent));
        Do(() => outbox.Enqueue(new TextItem(2), dropped));
        Do(() => outbox.Enqueue(new TextItem(3), waiting));
        Do(outbox.Close);
        Do(() => outbox.Enqueue(new TextItem(4), late));

        Assert.Equal(
            [DeliveryVerdict.Unknown, DeliveryVerdict.Dropped, DeliveryVerdict.Dropped, DeliveryVerdict.Dropped],
            new[] { sent, dropped, waiting, late }.Select(receipt => receipt.Verdict.Now()));
    }

    // Only the runtime makes these.
    private static Exception ObserverGone() => (Exception)Activator.CreateInstance(
        typeof(ClientNotAvailableException), BindingFlags.Instance | BindingFlags.NonPublic, null, ["gone"], null)!;

    private static void EnqueueMany(GatewayOutbox outbox, int first, int last, int size = 10)
    {
        for (var sequence = first; sequence <= last; sequence++)
            outbox.Enqueue(new TextItem(sequence, Size: size));
    }

    private Queue<TaskCompletionSource<DeliveryAck>> HoldAnswers()
    {
        var answers = new Queue<TaskCompletionSource<DeliveryAck>>();
        Gateway.Answer = _ =>
        {
            var answer = new TaskCompletionSource<DeliveryAck>();
            answers.Enqueue(answer);
            return answer.Task;
        };
        return answers;
    }

    private void FailTimes(int times, Func<Exception> failure) => Gateway.Answer = batch =>
        times-- > 0
            ? Task.FromException<DeliveryAck>(failure())
            : Task.FromResult(FakeGateway.Ack(batch, 1));
}
