using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>A message from one silo to another: a request, or the answer to one.</summary>
/// <param name="From">The silo that sends it.</param>
/// <param name="To">The silo that it is for.</param>
/// <param name="Target">The grain or observer that was called.</param>
/// <param name="Method">The name of the method that was called.</param>
/// <param name="IsAnswer">False for the request.</param>
/// <param name="IsToObserver">True when an observer was called, false when a grain was.</param>
/// <param name="IsAcrossPartition">
/// True when one of the silos is taken for dead by the others (<see cref="LocalSilo.Partition"/>).
/// </param>
public readonly record struct SiloMessage(
    SiloAddress From,
    SiloAddress To,
    GrainId Target,
    string Method,
    bool IsAnswer,
    bool IsToObserver,
    bool IsAcrossPartition);
