using System.IO.Pipelines;

namespace ImOrleans.Gateway.Tests.Protocols.WebSockets;

/// <summary>One end of a connection in memory that holds a bounded number of bytes each way.</summary>
internal sealed class PipeStream(PipeReader input, PipeWriter output) : Stream
{
    /// <summary>Bytes that fit in one direction before its writer has to wait.</summary>
    public const int Capacity = 4096;

    private readonly Stream _input = input.AsStream();
    private readonly Stream _output = output.AsStream();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Two ends of one connection.</summary>
    public static (PipeStream One, PipeStream Other) NewPair()
    {
        var options = new PipeOptions(pauseWriterThreshold: Capacity, resumeWriterThreshold: 1, useSynchronizationContext: false);
        var (there, back) = (new Pipe(options), new Pipe(options));
        return (new(back.Reader, there.Writer), new(there.Reader, back.Writer));
    }

    /// <summary>Ends the connection for both sides, and for whoever waits at this one.</summary>
    public void Cut()
    {
        var gone = new IOException("The connection was cut off.");
        input.CancelPendingRead();
        output.CancelPendingFlush();
        input.Complete(gone);
        output.Complete(gone);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _input.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await _output.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
