using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Tests.Conversations;

namespace ImOrleans.Grains.Tests.Local;

/// <summary>Hundreds of sends that wait, in the order in which they were made: turns are driven by hand.</summary>
public sealed class ConversationBoundsTests : ConversationTest
{
    [Fact]
    public void What_comes_while_an_append_is_under_way_gathers_and_leaves_together()
    {
        Accepted(Send("first"));
        Log.HoldAppends();
        var sends = Enumerable.Range(0, 300).Select(i => BeginSend($"{i}")).ToArray();
        Assert.DoesNotContain(sends, send => send.IsCompleted);

        Do(() => Log.ReleaseAppends());

        Assert.Equal(Enumerable.Range(2, 300).Select(i => (long)i), sends.Select(send => Accepted(Finish(send)).Seq));

        // The one under way, 256 that gathered, and the rest.
        Assert.Equal(1 + 3, Log.AppendCount);
    }

    [Fact]
    public void As_many_messages_wait_as_there_is_room_for_and_the_next_is_refused_at_once()
    {
        Log.HoldAppends();
        var first = BeginSend("under way");
        var waiting = Enumerable.Range(0, 1000).Select(i => BeginSend($"{i}")).ToArray();

        Refused(ErrorCode.InternalErrror, Send("one more"));
        Do(() => Log.ReleaseAppends());

        Assert.All(waiting.Prepend(first), send => Accepted(Finish(send)));
        Assert.Equal(1002, Accepted(Send("room again")).Seq);
    }

    [Fact]
    public void As_many_bytes_wait_as_there_is_room_for()
    {
        Log.HoldAppends();
        var text = new string('x', ConversationLimits.ContentBytesMax);
        var waiting = Enumerable.Range(0, 127).Select(_ => BeginSend(text)).ToArray();
        Assert.DoesNotContain(waiting, send => send.IsCompleted);

        // 128 of them would have 16 MiB without what is beside their contents.
        Refused(ErrorCode.InternalErrror, Send(text));
        Do(() => Log.ReleaseAppends());

        Assert.All(waiting, send => Accepted(Finish(send)));
    }
}
