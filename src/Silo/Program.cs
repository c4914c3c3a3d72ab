using System.Reflection;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Silo;
using Microsoft.Extensions.Options;

var isStarted = false;
try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddImOrleans();
    await using var app = builder.Build();
    app.Lifetime.ApplicationStarted.Register(() => isStarted = true);
    app.UseGateway();
    app.MapGateway();
    await app.RunAsync();
    return 0;
}
catch (Exception refused) when (!isStarted)
{
    // Mostly a setting, a port or a folder to put right, not a defect: the message says which.
    await Console.Error.WriteLineAsync($"The server cannot start: {Explain(refused)}");
    return 1;
}

static string Explain(Exception refused) => refused switch
{
    OptionsValidationException { OptionsType: { } type } invalid =>
        $"{type.GetField("SectionName", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue()}: "
        + string.Join(" ", invalid.Failures),
    { InnerException: { } cause } => $"{refused.Message} {cause.Message}",
    _ => refused.Message,
};
