using System.Collections.Concurrent;
using Orleans.Hosting;

namespace ImOrleans.LocalRuntime.Tests;

public sealed class FilterTests : TestBase
{
    private readonly ConcurrentQueue<string> _seen = new();

    private IFilteredGrain Grain => Grains.GetGrain<IFilteredGrain>("a");

    [Fact]
    public async Task Filters_run_in_order_around_the_method()
    {
        Assert.Equal("xy|own|in", await Grain.Join("x", "y").Guard());
        Assert.Equal(
            ["out ?->filtered/a Join(x,y)", "in1 ?->filtered/a Join", "in2"],
            _seen);
    }

    [Fact]
    public async Task Filters_see_which_grain_calls()
    {
        await Grain.CallOther("b", "x").Guard();
        Assert.Contains("out filtered/a->filtered/b Join(x,)", _seen);
        Assert.Contains("in1 filtered/a->filtered/b Join", _seen);
    }

    [Fact]
    public async Task Filter_may_change_an_argument() =>
        Assert.Equal("changed!|own|in", await Grain.Join("change me", "!").Guard());

    [Fact]
    public async Task Filter_may_refuse_a_call() =>
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Grain.Join("refuse me", "").Guard());

    [Fact]
    public async Task Filter_may_answer_itself() =>
        Assert.Equal("answered", await Grain.Join("answer me", "").Guard());

    [Fact]
    public async Task Methods_without_result_pass_filters() => await Grain.Nothing().Guard();

    [Fact]
    public async Task Filters_know_the_method_of_the_class()
    {
        await Grain.Join("where", "").Guard();
        Assert.Contains("class FilteredGrain", _seen);
    }

    protected override void Configure(ISiloBuilder builder) =>
        builder
            .AddOutgoingGrainCallFilter(context =>
            {
                var arguments = Enumerable.Range(0, context.Request.GetArgumentCount())
                    .Select(context.Request.GetArgument);
                _seen.Enqueue($"out {Line(context)}({string.Join(',', arguments)})");
                if (context.Request.GetArgumentCount() > 0 && context.Request.GetArgument(0) is "change me")
                {
                    context.Request.SetArgument(0, "changed");
                }

                return context.Invoke();
            })
            .AddIncomingGrainCallFilter(async context =>
            {
                _seen.Enqueue($"in1 {Line(context)}");
                await context.Invoke();
                if (context.Result is string { } text && context.MethodName == nameof(IFilteredGrain.Join)
                    && text != "answered")
                {
                    context.Result = text + "|in";
                }
            })
            .AddIncomingGrainCallFilter(context =>
            {
                _seen.Enqueue("in2");
                switch (context.Request.GetArgumentCount() == 0 ? null : context.Request.GetArgument(0))
                {
                    case "refuse me":
                        throw new UnauthorizedAccessException();
                    case "answer me":
                        context.Result = "answered";
                        return Task.CompletedTask;
                    case "where":
                        _seen.Enqueue($"class {context.ImplementationMethod.DeclaringType!.Name}");
                        break;
                }

                return context.Invoke();
            });

    private static string Line(IGrainCallContext context) =>
        $"{context.SourceId?.ToString() ?? "?"}->{context.TargetId} {context.MethodName}";
}
