using System.Reflection;
using ImOrleans.Domain.Conversations;

namespace ImOrleans.Simulation.Tests;

/// <summary>A log for whose appends no answer is a good answer.</summary>
public class HopefulMessageLog : DispatchProxy
{
    private IMessageLog _log = null!;

    public static IMessageLog Over(IMessageLog log)
    {
        var hopeful = Create<IMessageLog, HopefulMessageLog>();
        ((HopefulMessageLog)(object)hopeful)._log = log;
        return hopeful;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var result = targetMethod!.Invoke(_log, args);
        return result is Task<AppendResult> append ? HopeAsync(append) : result;
    }

    private static async Task<AppendResult> HopeAsync(Task<AppendResult> append)
    {
        try
        {
            return await append;
        }
        catch (LogUnknownException)
        {
            return new(true, 1);
        }
    }
}
