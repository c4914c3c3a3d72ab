using ImOrleans.LocalRuntime;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Storage;

namespace ImOrleans.Storage.Tests;

public sealed class MemoryGrainStorageTests : GrainStorageContract, IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLocalSilo(static silo => silo.AddMemoryGrainStorage("memory"))
        .BuildServiceProvider();

    protected override IGrainStorage Storage => _services.GetRequiredKeyedService<IGrainStorage>("memory");

    public void Dispose() => _services.Dispose();
}
