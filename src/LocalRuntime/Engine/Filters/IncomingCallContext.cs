using System.Reflection;
using Orleans;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>
/// Takes a call that has arrived through the filters of the silo, then that of the grain, to the method.
/// </summary>
internal sealed class IncomingCallContext(
    GrainCall call,
    IGrainContext? target,
    object instance,
    IIncomingGrainCallFilter[] filters)
    : CallContext(call, instance), IIncomingGrainCallContext
{
    private int _stage;

    public IGrainContext TargetContext =>
        target ?? throw new NotSupportedException("An observer has no grain context in the Local runtime.");

    public MethodInfo ImplementationMethod
    {
        get
        {
            var map = Grain.GetType().GetInterfaceMap(Call.Method.InterfaceType);
            return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, Call.Method.Method)];
        }
    }

    public override async Task Invoke()
    {
        var stage = _stage++;
        if (stage < filters.Length)
        {
            await filters[stage].Invoke(this);
        }
        else if (stage == filters.Length && Grain is IIncomingGrainCallFilter own)
        {
            await own.Invoke(this);
        }
        else
        {
            var task = Call.InvokeMethod(Grain);
            await task;
            Result = Call.ResultOf(task);
        }
    }
}
