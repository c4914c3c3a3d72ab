using System.Reflection;
using Orleans;
using Orleans.Concurrency;

namespace ImOrleans.LocalRuntime;

/// <summary>What the runtime knows of one method of a grain or observer interface.</summary>
internal sealed class GrainMethod
{
    public GrainMethod(MethodInfo method)
    {
        Method = method;
        InterfaceType = method.DeclaringType!;
        Name = method.Name;
        InterfaceName = InterfaceType.FullName ?? InterfaceType.Name;
        Timeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        CancellationIndex = Array.FindIndex(
            method.GetParameters(),
            parameter => parameter.ParameterType == typeof(CancellationToken));
        Options = OptionsOf(method);
    }

    public MethodInfo Method { get; }

    public Type InterfaceType { get; }

    public string InterfaceName { get; }

    public string Name { get; }

    public CallOptions Options { get; }

    /// <summary>The caller's own limit for this method, or null for the silo's.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>The place of the cancellation token among the parameters, or -1.</summary>
    public int CancellationIndex { get; }

    private static CallOptions OptionsOf(MethodInfo method)
    {
        var options = CallOptions.None;
        if (method.ReturnType == typeof(void) || method.IsDefined(typeof(OneWayAttribute)))
        {
            options |= CallOptions.OneWay;
        }

        if (method.IsDefined(typeof(ReadOnlyAttribute)))
        {
            options |= CallOptions.ReadOnly;
        }

        if (method.IsDefined(typeof(AlwaysInterleaveAttribute)))
        {
            options |= CallOptions.AlwaysInterleave;
        }

        return options;
    }
}
