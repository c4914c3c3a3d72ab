using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ImOrleans.Bench.Load;

/// <summary>The kernel's own interface to many sockets: one thread, one system call a read.</summary>
/// <remarks>The generator has to cost less than the server that it measures, on the same processors.</remarks>
internal sealed unsafe partial class Epoll : IDisposable
{
    private const int EventsMax = 512;
    private const int Add = 1;
    private const int Delete = 2;
    private const uint Readable = 1;
    private const int DoNotWait = 0x40;
    private const int TryAgain = 11;
    private const int Interrupted = 4;

    // The kernel packs its struct on x64 and nowhere else.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly int _descriptor;
    private readonly byte[] _events = new byte[EventsMax * 16];

    /// <summary>Makes an empty set.</summary>
    public Epoll()
    {
        _descriptor = epoll_create1(0);
        ThrowIfFailed(_descriptor);
    }

    /// <summary>Watches a socket from now on.</summary>
    public void Watch(int socket, int index)
    {
        var change = stackalloc byte[16];
        *(uint*)change = Readable;
        *(long*)(change + DataOffset) = index;
        ThrowIfFailed(epoll_ctl(_descriptor, Add, socket, change));
    }

    /// <summary>Watches a socket no longer.</summary>
    public void Forget(int socket)
    {
        var change = stackalloc byte[16];
        ThrowIfFailed(epoll_ctl(_descriptor, Delete, socket, change));
    }

    /// <summary>Waits until something can be read, and puts the indices of those sockets into a list.</summary>
    public void Wait(List<int> ready, int timeoutMs)
    {
        ready.Clear();
        fixed (byte* events = _events)
        {
            var count = epoll_wait(_descriptor, events, EventsMax, timeoutMs);
            if (count < 0 && Marshal.GetLastPInvokeError() == Interrupted)
                return;
            ThrowIfFailed(count);
            for (var i = 0; i < count; i++)
                ready.Add((int)*(long*)(events + (i * EventSize) + DataOffset));
        }
    }

    /// <summary>Reads what is there. -1 when there is nothing, 0 when the other side has closed.</summary>
    public static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var count = recv(socket, bytes, buffer.Length, DoNotWait);
            if (count >= 0)
                return (int)count;
            return Marshal.GetLastPInvokeError() is TryAgain or Interrupted ? -1 : 0;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _ = close(_descriptor);

    private static void ThrowIfFailed(int result)
    {
        if (result < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int socket, byte* change);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int eventsMax, int timeoutMs);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
