using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ImOrleans.ClientKit;

/// <summary>A real server: its own process, on a free port of the loopback, with a data folder of its own.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new();

    private ServerProcess(string serverDll, string dataDirectory, IReadOnlyList<string> arguments, string environment)
    {
        DataDirectory = dataDirectory;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(serverDll)!,
        };
        foreach (var argument in (string[])
            [serverDll, "--urls", "http://127.0.0.1:0", "--Storage:DataDirectory", dataDirectory, .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        _process = new() { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.Exited += (_, _) =>
        {
            _process.WaitForExit(); // Until what it printed last has been read too.
            _listening.TrySetException(new InvalidOperationException("The server ended: " + Output));
        };
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    public string DataDirectory { get; }

    /// <summary>The port of the RTM2 Go SDK's door, of a server that has one.</summary>
    public int GoPort => int.Parse(
        GoDoorLine().Match(Output).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    public int ProcessId => _process.Id;

    /// <summary>How it ended, as a shell would say it (137: killed by somebody); null while it runs.</summary>
    public int? ExitStatus => _process.HasExited ? _process.ExitCode : null;

    /// <summary>Everything that it has printed.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts a server, and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message holds what it printed.</exception>
    public static async Task<ServerProcess> StartAsync(
        string serverDll, string? dataDirectory = null, string environment = "Development", params string[] arguments)
    {
        var data = dataDirectory ?? Directory.CreateTempSubdirectory("imorleans-").FullName;
        var server = new ServerProcess(serverDll, data, arguments, environment);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            server.Address = await server._listening.Task.WaitAsync(StartPatience);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A token from the server's own <c>POST /tk</c>.</summary>
    public async Task<string> TokenAsync(string user, int? ttlSeconds = null)
    {
        var form = new Dictionary<string, string> { ["uid"] = user };
        if (ttlSeconds is { } ttl)
            form["ttl"] = ttl.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var content = new FormUrlEncodedContent(form);
        using var response = await _http.PostAsync(new Uri(Address, "/tk"), content);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return body.RootElement.GetProperty("data").GetString()!;
    }

    /// <summary>A connected client of a user.</summary>
    public async Task<RtmClient> ConnectAsync(string user, string query = "") =>
        await RtmClient.ConnectAsync(Address, await TokenAsync(user), query);

    /// <summary>Ends the process as a crash would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks the process to stop, and waits until it has.</summary>
    public async Task StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(StartPatience);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        if (ListeningLine().Match(line) is { Success: true } match)
            _listening.TrySetResult(new(match.Groups[1].Value));
    }

    [GeneratedRegex(@"ImOrleans listens on (http://\S+?),")]
    private static partial Regex ListeningLine();

    [GeneratedRegex(@"RTM2 Go SDK is served on \S+:(\d+),")]
    private static partial Regex GoDoorLine();
}
