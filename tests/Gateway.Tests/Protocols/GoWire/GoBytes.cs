using System.Buffers;

namespace ImOrleans.Gateway.Tests.Protocols.GoWire;

/// <summary>Bytes as a connection delivers them: in pieces.</summary>
internal static class GoBytes
{
    /// <summary>The bytes, cut at rising places.</summary>
    public static ReadOnlySequence<byte> Spread(byte[] bytes, params int[] cuts)
    {
        Piece? first = null, last = null;
        var start = 0;
        foreach (var end in (int[])[.. cuts, bytes.Length])
        {
            last = new(bytes.AsMemory(start..end), last);
            first ??= last;
            start = end;
        }

        return new(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null)
                return;
            before.Next = this;
            RunningIndex = before.RunningIndex + before.Memory.Length;
        }
    }
}
