using System.Reflection;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace ImOrleans.LocalRuntime;

/// <summary>What both sides of a filtered call have in common.</summary>
internal abstract class CallContext(GrainCall call, object grain) : IGrainCallContext
{
    public IInvokable Request => call;

    public object Grain => grain;

    public GrainId? SourceId => call.Source?.GrainId;

    public GrainId TargetId => call.TargetId;

    public GrainInterfaceType InterfaceType => ProxyFactory.Of(call.Method.InterfaceType).InterfaceName;

    public string InterfaceName => call.Method.InterfaceName;

    public string MethodName => call.Method.Name;

    public MethodInfo InterfaceMethod => call.Method.Method;

    public object? Result { get; set; }

    protected GrainCall Call => call;

    public abstract Task Invoke();
}
