using ImOrleans.Gateway.Hosting;
using ImOrleans.Silo;

return await ServerHost.RunAsync(args, builder => builder.AddImOrleans(), app => app.MapImOrleans());
