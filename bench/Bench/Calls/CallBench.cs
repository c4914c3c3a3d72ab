using System.Diagnostics;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;
using ImOrleans.LocalRuntime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace ImOrleans.Bench.Calls;

/// <summary>Calls of the Local runtime with everything that a caller does: find the grain, call it, await it.</summary>
internal sealed class CallBench(int rounds, TimeSpan section, int grains)
{
    private const int Callers = 100;
    private const int IdleGrainsPerGrain = 10;

    private readonly string[] _keys = [.. Enumerable.Range(0, grains).Select(i => $"grain-{i}")];

    /// <summary>Measures.</summary>
    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddLocalSilo(silo => silo.AddGrains(typeof(CounterGrain).Assembly));
        using var host = builder.Build();
        await host.StartAsync();
        var factory = host.Services.GetRequiredService<IGrainFactory>();
        List<CallCost> runtime = [], plain = [];
        for (var round = 0; round <= rounds; round++)
        {
            var cost = await MeasureAsync(key => factory.GetGrain<ICounterGrain>(key).AddAsync(1));
            var costPlain = await MeasureAsync(key => new ValueTask<long>(PlainActor.Get(key).AddAsync(1)));
            if (round == 0)
                continue;
            runtime.Add(cost);
            plain.Add(costPlain);
        }

        var idle = await MeasureIdleAsync(factory);
        await host.StopAsync();
        return Rows(runtime, plain, idle);
    }

    private IReadOnlyList<Row> Rows(List<CallCost> runtime, List<CallCost> plain, double idle)
    {
        var what = $"Local runtime, a call with look-up, {grains:N0} grains, {Callers} callers";
        var time = new Series("Local runtime", [.. runtime.Select(cost => cost.Microseconds)]);
        var bytes = new Series("Local runtime", [.. runtime.Select(cost => cost.Bytes)]);
        return
        [
            new("G7 time", what, "µs CPU a call", time) { Budget = 0.5, Stretch = 0.25 },
            new("G7 bytes", what, "bytes a call", bytes) { Budget = 300, Stretch = 40 },
            new("G7 ratio", "the same, against a bare actor with a TaskCompletionSource a call", "µs CPU a call", time)
            {
                Baseline = new("bare actor", [.. plain.Select(cost => cost.Microseconds)]),
            },
            new("G7 bytes ratio", "the same", "bytes a call", bytes)
            {
                Baseline = new("bare actor", [.. plain.Select(cost => cost.Bytes)]),
            },
            new("G8", "an idle activation without state, its key not counted", "bytes", new("Local runtime", [idle]))
            {
                Budget = 600,
                Stretch = 250,
            },
        ];
    }

    private async Task<CallCost> MeasureAsync(Func<string, ValueTask<long>> call)
    {
        var end = Stopwatch.GetTimestamp() + (long)(section.TotalSeconds * Stopwatch.Frequency);
        var bytesBefore = GC.GetTotalAllocatedBytes(precise: true);
        var cpuBefore = ProcessFigures.CpuTimeOf(Environment.ProcessId);
        var counts = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var made = 0L;
            for (var next = caller * grains / Callers; Stopwatch.GetTimestamp() < end; next = (next + 1) % grains)
            {
                await call(_keys[next]);
                made++;
            }

            return made;
        })));
        var calls = counts.Sum();
        return new(
            (ProcessFigures.CpuTimeOf(Environment.ProcessId) - cpuBefore).TotalMicroseconds / calls,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - bytesBefore) / calls);
    }

    private async Task<double> MeasureIdleAsync(IGrainFactory factory)
    {
        var keys = Enumerable.Range(0, grains * IdleGrainsPerGrain).Select(i => $"idle-{i}").ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var key in keys)
            await factory.GetGrain<ICounterGrain>(key).AddAsync(1);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(keys);
        return (double)(after - before) / keys.Length;
    }

    private readonly record struct CallCost(double Microseconds, double Bytes);
}
