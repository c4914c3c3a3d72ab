using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace ImOrleans.Bench.Servers;

/// <summary>A server that is measured: a process of its own on a free port of the loopback.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly TaskCompletionSource<IPEndPoint> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _output = new();
    private readonly string? _dataDirectory;

    private ServerProcess(HubFlavor flavor, string dll, IEnumerable<string> arguments, string? dataDirectory)
    {
        Flavor = flavor;
        _dataDirectory = dataDirectory;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[dll, "--urls", "http://127.0.0.1:0", .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        _process = new() { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException("A server ended: " + Output));
    }

    /// <summary>How to talk to it.</summary>
    public HubFlavor Flavor { get; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; private set; } = null!;

    /// <summary>The processor time that it has used, user and system, as the kernel counts it: in steps of 10 ms.</summary>
    public TimeSpan CpuTime => ProcessFigures.CpuTimeOf(_process.Id);

    /// <summary>Its memory that is resident, in bytes.</summary>
    public long ResidentBytes => ProcessFigures.ResidentBytesOf(_process.Id);

    /// <summary>The last lines that it has printed.</summary>
    private string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    /// <summary>Starts a server, and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message holds what it printed.</exception>
    public static ServerProcess Start(ServerPaths paths, HubFlavor flavor)
    {
        var data = flavor.NeedsDataDirectory ? Directory.CreateTempSubdirectory("imorleans-bench-").FullName : null;
        var server = new ServerProcess(flavor, flavor.DllOf(paths), flavor.Arguments(data), data);
        try
        {
            server._process.Start();
            Leftovers.Remember(server._process);
            server._process.BeginOutputReadLine();
            server._process.BeginErrorReadLine();
            server.Address = server._listening.Task.WaitAsync(StartPatience).GetAwaiter().GetResult();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        Leftovers.Forget(_process);
        _process.Dispose();
        if (_dataDirectory is not null)
            Directory.Delete(_dataDirectory, recursive: true);
    }

    private void OnLine(string? line)
    {
        if (line is null)
            return;
        lock (_output)
        {
            _output.Enqueue(line);
            if (_output.Count > 20)
                _output.Dequeue();
        }

        if (ListeningLine().Match(line) is { Success: true } match)
            _listening.TrySetResult(new(IPAddress.Loopback, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex(@"listens on http://127\.0\.0\.1:(\d+),")]
    private static partial Regex ListeningLine();
}
