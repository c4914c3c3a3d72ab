using ImOrleans.Gateway;
using ImOrleans.Gateway.Hosting;

return await ServerHost.RunAsync(
    args,
    builder => builder.AddGatewayProcess(),
    app =>
    {
        app.UseGateway();
        app.MapGateway();
    });
