namespace ImOrleans.Conformance.Tests;

/// <summary>The filters of every silo: they note and change the calls of filtered grains, and let all others pass.</summary>
internal static class NotingFilter
{
    public static Task OnOutgoing(IOutgoingGrainCallContext context)
    {
        if (!IsMeant(context))
            return context.Invoke();
        var arguments = Enumerable.Range(0, context.Request.GetArgumentCount()).Select(context.Request.GetArgument);
        Note(context, $"out {Line(context)}({string.Join(',', arguments)})");
        if (context.Request.GetArgumentCount() > 0 && context.Request.GetArgument(0) is "change me")
            context.Request.SetArgument(0, "changed");
        return context.Invoke();
    }

    public static async Task OnIncoming(IIncomingGrainCallContext context)
    {
        if (IsMeant(context))
            Note(context, $"in1 {Line(context)}");
        await context.Invoke();
        if (IsMeant(context) && context.Result is string text && context.MethodName == nameof(IFilteredGrain.Join)
            && text != "answered")
            context.Result = text + "|in";
    }

    public static Task OnIncomingLater(IIncomingGrainCallContext context)
    {
        if (!IsMeant(context))
            return context.Invoke();
        Note(context, "in2");
        switch (context.Request.GetArgumentCount() == 0 ? null : context.Request.GetArgument(0))
        {
            case "refuse me":
                throw new UnauthorizedAccessException();
            case "answer me":
                context.Result = "answered";
                return Task.CompletedTask;
            case "where":
                Note(context, $"class {context.ImplementationMethod.DeclaringType!.Name}");
                break;
        }

        return context.Invoke();
    }

    private static bool IsMeant(IGrainCallContext context) => IsFiltered(context.TargetId);

    private static bool IsFiltered(GrainId id) => id.Type.ToString() == "filtered";

    private static void Note(IGrainCallContext context, string note) =>
        Gates.Get(context.TargetId.Key.ToString()!).Notes.Enqueue(note);

    // Whom a call of host code names differs between the runtimes, so it is not noted.
    private static string Line(IGrainCallContext context) =>
        $"{(context.SourceId is { } source && IsFiltered(source) ? source.Key.ToString() : "?")}->"
        + $"{context.TargetId.Key} {context.MethodName}";
}
