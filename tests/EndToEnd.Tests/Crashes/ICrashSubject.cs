using ImOrleans.ClientKit;

namespace ImOrleans.EndToEnd.Tests.Crashes;

/// <summary>What is written while a server is killed, and how it is found out what became of it.</summary>
internal interface ICrashSubject
{
    /// <summary>Starts the server on what is stored already.</summary>
    Task<ServerProcess> StartAsync();

    /// <summary>Connects those who write.</summary>
    Task<IReadOnlyList<RtmClient>> ConnectAsync(ServerProcess server);

    /// <summary>What is written at the same time, each again and again: it ends when it is acknowledged.</summary>
    IEnumerable<Func<Task>> Writers(IReadOnlyList<RtmClient> clients);

    /// <summary>Compares what is stored with what was told; says again what was cut off.</summary>
    Task CheckAsync(ServerProcess server, string when);
}
