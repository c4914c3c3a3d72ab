using Orleans;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>Takes a call that leaves through the filters of the silo, then sends it.</summary>
internal sealed class OutgoingCallContext(GrainCall call, LocalSilo silo, IOutgoingGrainCallFilter[] filters)
    : CallContext(call, call.Reference), IOutgoingGrainCallContext
{
    private int _stage;

    public IGrainContext? SourceContext => Call.Source;

    public override async Task Invoke()
    {
        var stage = _stage++;
        if (stage < filters.Length)
        {
            await filters[stage].Invoke(this);
        }
        else
        {
            var answer = Call.SendNow(silo);
            await answer;
            Result = Call.ResultOf(answer);
        }
    }
}
