using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans;

/// <summary>A call as a filter sees it.</summary>
public interface IGrainCallContext
{
    /// <summary>The method and its arguments, which a filter may change before it goes on.</summary>
    IInvokable Request { get; }

    /// <summary>The grain itself on the incoming side; the reference to it on the outgoing side.</summary>
    object Grain { get; }

    /// <summary>The grain that calls, or null when host code does.</summary>
    GrainId? SourceId { get; }

    GrainId TargetId { get; }

    GrainInterfaceType InterfaceType { get; }

    string InterfaceName { get; }

    string MethodName { get; }

    MethodInfo InterfaceMethod { get; }

    /// <summary>What the caller gets; set once <see cref="Invoke"/> has ended, and free to be changed.</summary>
    object? Result { get; set; }

    /// <summary>
    /// Goes on to the next filter, or to the call itself. A filter that does not call it stops the call.
    /// </summary>
    Task Invoke();
}
