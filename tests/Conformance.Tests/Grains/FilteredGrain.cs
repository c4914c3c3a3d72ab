namespace ImOrleans.Conformance.Tests;

public sealed class FilteredGrain : Grain, IFilteredGrain, IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        await context.Invoke();
        if (context.MethodName == nameof(Join))
        {
            context.Result += "|own";
        }
    }

    public Task<string> Join(string left, string right) => Task.FromResult(left + right);

    public Task<string> CallOther(string other, string text) =>
        GrainFactory.GetGrain<IFilteredGrain>(other).Join(text, "");

    public async Task<string?> ReadContext(string key)
    {
        await Task.Yield();
        return RequestContext.Get(key) as string;
    }

    public Task<string?> ReadContextThrough(string other, string key) =>
        GrainFactory.GetGrain<IFilteredGrain>(other).ReadContext(key);

    public Task Nothing()
    {
        RequestContext.Set("left behind", "x");
        return Task.CompletedTask;
    }
}
