using Microsoft.Extensions.Hosting;

namespace ImOrleans.Storage;

/// <summary>Opens a store when its host starts, so that a broken one ends it.</summary>
internal sealed class Opening(Func<CancellationToken, Task> open) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => open(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
