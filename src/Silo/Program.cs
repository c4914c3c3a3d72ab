using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Silo;
using ImOrleans.Storage;
using Microsoft.Extensions.Options;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddImOrleans();
    await using var app = builder.Build();
    app.UseGateway();
    app.MapGateway();
    await app.RunAsync();
    return 0;
}
catch (Exception refused) when (refused is DataDirectoryInUseException or AppCredentialsException or OptionsValidationException)
{
    // A setting to put right, not a defect: the message says which.
    await Console.Error.WriteLineAsync(refused.Message);
    return 1;
}
